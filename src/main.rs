//! The command line: `grades` serves the site; `grades migrate` and `grades create-editor` prepare
//! it.

use std::error::Error;
use std::io::{self, IsTerminal};
use std::process::ExitCode;

use clap::Parser;
use grades::app::Application;
use grades::clean;
use grades::config::{Arguments, Command, Config};
use grades::db::{self, Database};
use grades::editors::service::{self, Role};
use grades::tools;
use grades::web;

/// Of the allocators measured the one that gives memory back after a peak: glibc's keeps 19 MiB for every
/// thread that has hashed a password.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

#[actix_web::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("grades: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    web::log::start(arguments.settings.log_format()?);
    match arguments.command {
        None | Some(Command::Serve) => serve(arguments).await,
        Some(Command::CreateEditor { login, owner }) => {
            create_editor(&arguments.settings.read()?, &login, owner)
        }
        Some(Command::Migrate { revert: false }) => {
            let applied = db::migrate(&arguments.settings.database_url()?)?;
            println!("applied {applied} migrations");
            Ok(())
        }
        Some(Command::Migrate { revert: true }) => {
            match db::revert_migration(&arguments.settings.database_url()?)? {
                Some(version) => println!("took back migration {version}"),
                None => println!("no migration to take back"),
            }
            Ok(())
        }
        Some(Command::Health { url }) => {
            tools::health::run(url.as_deref(), arguments.settings.address())
        }
        Some(command) => tools::run(command, &arguments.settings.database_url()?),
    }
}

fn create_editor(config: &Config, login: &str, owner: bool) -> Result<(), Box<dyn Error>> {
    let password = if io::stdin().is_terminal() {
        rpassword::prompt_password("password: ")?
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    db::migrate(&config.database_url)?;
    let database = Database::open(&config.database_url)?;
    let role = if owner { Role::Owner } else { Role::Editor };
    let editor = service::create(&database, &clean::text(login), &password, role)?;
    println!("made {}", editor.login);
    Ok(())
}

async fn serve(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    // Each connection takes a file descriptor; many systems allow a process only 1,024 unless it asks.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        log::warn!("the number of open files can't be raised: {error}");
    }
    let application = Application::build(&arguments.settings.read()?)?;
    println!("{}", application.url());
    if let Some(address) = application.setup_url() {
        println!("no editor yet; make the first one at {address}");
    }
    application.run().await?;
    Ok(())
}
