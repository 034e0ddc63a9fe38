//! The pages of our own: the frame and the tenant's own page. They carry no data and no token.

use askama::Template;
use inlay_shared::Brand;

use super::nonce::Nonce;
use crate::ids::DashboardName;
use crate::origin::Origin;

/// Addresses of the assets that a page loads.
#[derive(Debug, Clone)]
pub struct PageAssets {
    /// The script of these pages.
    pub frame: String,
    /// Their style.
    pub style: String,
    /// The loader.
    pub loader: String,
}

/// The page, ready to be rendered.
#[derive(Debug, Template)]
#[template(path = "frame/page.html")]
pub struct Page {
    lang: String,
    title: String,
    dashboard: String,
    brand_name: String,
    accent: String,
    accent_dark: String,
    origins_json: String,
    frame_js: String,
    page_css: String,
    loader_js: String,
    standalone: bool,
    nonce: Nonce,
}

impl Page {
    /// A page that shows `dashboard` to pages of `origins`. With `standalone` it has the brand's head.
    pub fn new(
        dashboard: &DashboardName,
        origins: &[Origin],
        brand: Option<&Brand>,
        assets: PageAssets,
        standalone: bool,
        nonce: Nonce,
    ) -> Self {
        let origins: Vec<_> = origins.iter().map(Origin::as_str).collect();
        let origins_json = serde_json::to_string(&origins).expect("a list of strings");
        let brand = brand.cloned().unwrap_or(Brand {
            name: String::new(),
            accent: String::new(),
            accent_dark: String::new(),
        });
        let title = if brand.name.is_empty() { "Dashboard".into() } else { brand.name.clone() };
        Self {
            lang: "en".into(),
            title,
            dashboard: dashboard.to_string(),
            brand_name: if standalone { brand.name } else { String::new() },
            accent: brand.accent,
            accent_dark: brand.accent_dark,
            origins_json,
            frame_js: assets.frame,
            page_css: assets.style,
            loader_js: assets.loader,
            standalone,
            nonce,
        }
    }
}
