//! The command line: `grades` serves the site, `grades migrate` changes the database's schema.

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;
use grades::app::Application;
use grades::config::{Arguments, Command};
use grades::db;

#[actix_web::main]
async fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info")).init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("grades: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    match arguments.command {
        None | Some(Command::Serve) => serve(arguments).await,
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
    }
}

async fn serve(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let application = Application::build(&arguments.settings.read()?)?;
    println!("{}", application.public_url());
    application.run().await?;
    Ok(())
}
