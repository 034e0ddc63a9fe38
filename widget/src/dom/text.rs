//! Words of a panel, built node by node: nothing of them is ever read as markup.

use crate::text::markdown::{self, Block, Kind, Style};

use super::{
    el::{El, View, el},
    panel::PanelScope,
};

/// Draws the panel's body.
pub(crate) fn text(scope: &PanelScope) -> View {
    let mut body = el("div", "prose");
    let blocks = markdown::blocks(scope.layout.text.as_deref().unwrap_or_default());
    for run in blocks.chunk_by(|one, next| one.kind == next.kind && is_item(one.kind)) {
        let list = match run[0].kind {
            Kind::Item => el("ul", "list"),
            Kind::Numbered => el("ol", "list"),
            _ => {
                body = body.kid(block(&run[0]));
                continue;
            }
        };
        body = body.kid(run.iter().fold(list, |list, item| list.kid(block(item))));
    }
    body.into()
}

fn is_item(kind: Kind) -> bool {
    matches!(kind, Kind::Item | Kind::Numbered)
}

fn block(block: &Block) -> El {
    // The panel's own title is of the third level.
    let mut out = el(
        match block.kind {
            Kind::Paragraph => "p",
            Kind::Heading(1) => "h4",
            Kind::Heading(2) => "h5",
            Kind::Heading(_) => "h6",
            Kind::Item | Kind::Numbered => "li",
            Kind::Code => "pre",
        },
        "",
    );
    for span in &block.spans {
        let words = span.words.clone();
        out = match &span.style {
            Style::Plain => out.says(words),
            Style::Strong => out.kid(el("strong", "").says(words)),
            Style::Emphasis => out.kid(el("em", "").says(words)),
            Style::Code => out.kid(el("code", "").says(words)),
            Style::Link(address) => out.kid(
                el("a", "")
                    .set("href", address.clone())
                    .set("target", "_blank")
                    .set("rel", "noopener noreferrer")
                    .says(words),
            ),
        };
    }
    out
}
