//! What Acme Works has data of, and the roles that it made for that.

/// The resources beneath the organization, each after the one that it belongs to.
pub(super) const RESOURCES: [&str; 18] = [
    "area=sales",
    "area=sales:data=orders",
    "area=sales:data=invoices",
    "area=sales:data=price-lists",
    "area=logistics",
    "area=logistics:data=shipments",
    "area=logistics:data=warehouse-events",
    "area=logistics:data=customs",
    "area=production",
    "area=production:data=line-telemetry",
    "area=production:data=line-telemetry:plant=north",
    "area=production:data=line-telemetry:plant=south",
    "area=production:data=quality-checks",
    "area=production:data=maintenance",
    "area=energy",
    "area=energy:data=meter-readings",
    "area=energy:data=load-profile",
    "area=finance",
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
        application: "data:read events:read",
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
