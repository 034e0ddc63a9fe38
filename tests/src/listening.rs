//! An event stream that a test listens to.

/// An open event stream. Dropping it closes the connection.
#[derive(Debug)]
pub struct Listening {
    response: reqwest::Response,
    text: String,
}

impl Listening {
    pub(crate) fn new(response: reqwest::Response) -> Self {
        Self { response, text: String::new() }
    }

    /// The next block of the stream, without the blank line after it; none when it is over.
    pub async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(block);
            }
            let chunk = self.response.chunk().await.expect("a stream ends, and does not break")?;
            self.text.push_str(std::str::from_utf8(&chunk).expect("an event stream is UTF-8"));
        }
    }

    /// The id of the next event; none when the stream is over. Heartbeats are passed over.
    pub async fn revision(&mut self) -> Option<String> {
        loop {
            let block = self.block().await?;
            let Some(id) = block.lines().find_map(|line| line.strip_prefix("id: ")) else {
                assert!(block.starts_with(':') || block.starts_with("retry: "), "{block}");
                continue;
            };
            let data = format!("data: {{\"revision\":\"{id}\"}}");
            assert_eq!(block.lines().collect::<Vec<_>>()[1..], ["event: revision", data.as_str()]);
            return Some(id.to_owned());
        }
    }
}
