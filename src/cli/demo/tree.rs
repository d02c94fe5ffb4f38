//! What Acme Works has data of, and the roles that it made for that.

/// The resources beneath the organization, each after the one that it belongs to.
pub(super) const RESOURCES: [&str; 18] = [
    "account=sales",
    "account=sales:application=orders",
    "account=sales:application=invoices",
    "account=sales:application=price-lists",
    "account=logistics",
    "account=logistics:application=shipments",
    "account=logistics:application=warehouse-events",
    "account=logistics:application=customs",
    "account=production",
    "account=production:application=line-telemetry",
    "account=production:application=line-telemetry:scope=plant-north",
    "account=production:application=line-telemetry:scope=plant-south",
    "account=production:application=quality-checks",
    "account=production:application=maintenance",
    "account=energy",
    "account=energy:application=meter-readings",
    "account=energy:application=load-profile",
    "account=finance",
];

/// A role of the organization's own.
pub(super) struct OwnRole {
    pub slug: &'static str,
    pub name: &'static str,
    pub description: &'static str,
    /// What it contains, with spaces between.
    pub application: &'static str,
}

/// The roles that keys hold.
pub(super) const ROLES: [OwnRole; 4] = [
    OwnRole {
        slug: "data-sender",
        name: "Data sender",
        description: "Sends new data, and corrects what it sent.",
        application: "data:write events:publish",
    },
    OwnRole {
        slug: "data-reader",
        name: "Data reader",
        description: "Reads data, and changes nothing.",
        application: "data:read events:subscribe",
    },
    OwnRole {
        slug: "master-data-editor",
        name: "Master data editor",
        description: "Keeps articles, prices and addresses up to date.",
        application: "master-data:read master-data:write",
    },
    OwnRole {
        slug: "report-runner",
        name: "Report runner",
        description: "Starts reports and fetches their results.",
        application: "data:read reports:run",
    },
];
