//! A bucket on this machine: a real S3 server in this process, its objects in a temporary folder.

use axum::Router;
use axum::error_handling::HandleError;
use axum::http::{Response, StatusCode};
use inlay_server::config::Aws;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;

const KEY: &str = "inlay-test";
const SECRET: &str = "not-a-secret-of-anybody";
const NAME: &str = "events";

/// A bucket with nothing in it. It speaks S3 over HTTP and checks every signature.
#[derive(Debug)]
pub struct Bucket {
    folder: TempDir,
    endpoint: String,
}

impl Bucket {
    /// Starts its server, which ends with the test's runtime.
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        std::fs::create_dir(folder.path().join(NAME)).expect("the folder can be written");
        let files = FileSystem::new(folder.path())
            .unwrap_or_else(|error| panic!("the storage does not start: {error:?}"));
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = HandleError::new(builder.build(), |error: s3s::HttpError| async move {
            Response::builder()
                .status(StatusCode::INTERNAL_SERVER_ERROR)
                .body(s3s::Body::from(format!("{error:?}")))
                .expect("a status and a text are an answer")
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        tokio::spawn(async move {
            let router = Router::new().fallback_service(service);
            axum::serve(listener, router).await.expect("the storage serves until the test ends");
        });
        Self { folder, endpoint: format!("http://{address}") }
    }

    /// The address of a lake in it.
    pub fn url(&self) -> String {
        format!("s3://{NAME}/lakes/one")
    }

    /// What the environment of the server would say.
    pub fn aws(&self) -> Aws {
        Aws::from_pairs([
            ("AWS_ENDPOINT_URL", self.endpoint.as_str()),
            ("AWS_ACCESS_KEY_ID", KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET),
            ("AWS_REGION", "eu-central-1"),
        ])
    }

    /// Names of a tenant's objects, in order.
    pub fn objects(&self, tenant: &str) -> Vec<String> {
        let folder = self.folder.path().join(NAME).join("lakes/one").join(tenant);
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("the folder can be read").file_name())
            .map(|name| name.into_string().expect("segments have ASCII names"))
            .collect();
        names.sort();
        names
    }
}
