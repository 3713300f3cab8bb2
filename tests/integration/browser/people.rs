//! How somebody new comes to the desk: by keyboard, from the owner's form to the first page.

use fantoccini::key::Key;
use grades::editors;
use grades::editors::service::Role;

use super::Browser;
use crate::app::{Backend, PASSWORD, TestApp, TestDatabase};

#[actix_web::test]
#[ignore = "needs chromium and chromedriver"]
async fn an_invitation_is_made_and_accepted_by_keyboard() {
    let app = TestApp::start_at(TestDatabase::on(Backend::Sqlite), None);
    editors::service::create(&app.database.open(), "olga", PASSWORD, Role::Owner).unwrap();
    let owner = Browser::open().await;
    owner.width(1280).await;
    owner.client.goto(&app.url("/admin/editors")).await.unwrap();
    owner.sign_in("olga").await;
    owner.sees("h1", "Редакторы").await;
    owner.tab_to_id("login").await;
    owner.write("boris").await;
    owner.tab_to_id("display-name").await;
    owner.write("Борис Ким").await;
    owner.tab_to("Добавить и получить ссылку").await;
    owner.press(Key::Enter).await;
    owner.sees(".notice strong", "boris").await;
    let link = owner.text(".secret").await;
    owner.close().await;

    let invited = Browser::open().await;
    invited.width(360).await;
    invited.client.goto(&link).await.unwrap();
    invited.sees("h1", "Пароль для входа").await;
    invited.sees(".lead strong", "boris").await;
    for (repeated, heading) in [("не тот же самый", "Пароль для входа"), (PASSWORD, "Управление")]
    {
        invited.tab_to_id("password").await;
        invited.write(PASSWORD).await;
        invited.press(Key::Tab).await;
        invited.write(repeated).await;
        invited.press(Key::Enter).await;
        invited.sees("h1", heading).await;
    }
    invited.close().await;
}
