//! The names under which a browser finds the parts of the demo. Every name under `localhost` reaches
//! the own machine, so that portal, Inlay and each customer's host are origins of their own without
//! any set-up.

use super::customers::Customer;

/// Where everything is.
#[derive(Debug, Clone)]
pub(crate) struct Addresses {
    /// Origin of the portal.
    pub(crate) portal: String,
    /// `Host` of the portal.
    pub(crate) portal_host: String,
    /// Origin of Inlay.
    pub(crate) analytics: String,
    analytics_port: u16,
}

impl Addresses {
    /// From the ports on which both servers listen.
    pub(crate) fn new(analytics_port: u16, portal_port: u16) -> Self {
        let portal_host = format!("portal.localhost:{portal_port}");
        Self {
            portal: format!("http://{portal_host}"),
            portal_host,
            analytics: analytics_url(analytics_port),
            analytics_port,
        }
    }

    /// A customer's own host name, without port.
    pub(crate) fn host_name(customer: &Customer) -> String {
        format!("{}.localhost", customer.host_label)
    }

    /// A customer's own host name, with port.
    pub(crate) fn host(&self, customer: &Customer) -> String {
        format!("{}:{}", Self::host_name(customer), self.analytics_port)
    }

    /// The page on a customer's own host.
    pub(crate) fn white_label(&self, customer: &Customer) -> String {
        format!("http://{}/?dashboard=overview", self.host(customer))
    }
}

/// Origin of Inlay on that port.
pub(crate) fn analytics_url(port: u16) -> String {
    format!("http://analytics.localhost:{port}")
}
