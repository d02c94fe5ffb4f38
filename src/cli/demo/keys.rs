//! The keys of the demo, and what became of each.

/// How often a key is called.
pub(super) enum Rhythm {
    /// Not at all.
    Never,
    /// So often in every hour; less at weekends.
    Steady(i64),
    /// So often in every hour in which people work.
    Office(i64),
    /// At this hour of every day, so often.
    Nightly(i64, i64),
}

/// What was done with a key after it was made, and by whom.
pub(super) enum Fate {
    /// It got a new secret; the old one worked on for so many seconds.
    Rotated { overlap: i64, by: &'static str },
    /// Its life was made to end so many days later.
    Extended { days: i64, by: &'static str },
    /// It was disabled, with a reason or without.
    Disabled { reason: &'static str, by: &'static str },
    /// It was deleted.
    Deleted { by: &'static str },
}

impl Fate {
    /// Who did it.
    pub const fn by(&self) -> &'static str {
        match self {
            Self::Rotated { by, .. } | Self::Extended { by, .. } | Self::Disabled { by, .. } | Self::Deleted { by } => {
                by
            }
        }
    }
}

/// A key as somebody at Acme Works made it.
pub(super) struct Key {
    pub client_id: &'static str,
    pub name: &'static str,
    pub tags: &'static [&'static str],
    /// Roles, each with a path beneath the organization.
    pub grants: &'static [(&'static str, &'static str)],
    /// Who made it, so many days ago.
    pub by: &'static str,
    pub made: i64,
    /// For so many days; 0 for ever.
    pub life: i64,
    /// From where it may be used.
    pub allowed: &'static str,
    /// How often it may be used, as the database has it.
    pub limits: &'static str,
    /// What was done with it, so many days ago.
    pub fate: &'static [(i64, Fate)],
    pub rhythm: Rhythm,
    /// From where it is used, the busiest first.
    pub from: &'static [&'static str],
    /// So many days ago it was used for the last time.
    pub quiet: i64,
    /// So many days ago, refused with this code, so often, from there.
    pub refused: &'static [(i64, &'static str, i64, &'static str)],
    /// How often on a day somebody goes on calling with what is dead.
    pub knocks: i64,
    /// Whether the last of its places does not take over the new secret of a rotation.
    pub laggard: bool,
}

/// A key of which nothing more is to be said.
const KEY: Key = Key {
    client_id: "",
    name: "",
    tags: &[],
    grants: &[],
    by: "olaf",
    made: 0,
    life: 90,
    allowed: "",
    limits: "",
    fate: &[],
    rhythm: Rhythm::Never,
    from: &[],
    quiet: 0,
    refused: &[],
    knocks: 0,
    laggard: false,
};

const DAY: i64 = 24 * 60 * 60;

pub(super) static KEYS: [Key; 43] = [
    Key {
        client_id: "erp-orders-sync",
        name: "ERP orders to sales data",
        tags: &["env:prod", "system:erp", "team:sales"],
        grants: &[("data-sender", "area=sales:data=orders"), ("data-reader", "area=sales:data=price-lists")],
        made: 130,
        life: 365,
        allowed: "203.0.113.16/28",
        fate: &[(16, Fate::Rotated { overlap: 7 * DAY, by: "mika" })],
        rhythm: Rhythm::Steady(150),
        from: &["203.0.113.17", "203.0.113.18"],
        refused: &[(9, "IP_NOT_ALLOWED", 1840, "198.51.100.23")],
        ..KEY
    },
    Key {
        client_id: "warehouse-scanner-gw",
        name: "Hand scanners, gateway",
        tags: &["env:prod", "site:north", "team:logistics"],
        grants: &[("data-sender", "area=logistics:data=warehouse-events")],
        made: 100,
        life: 180,
        limits: "50/second/100",
        rhythm: Rhythm::Office(260),
        from: &["203.0.113.40", "203.0.113.41", "203.0.113.42"],
        refused: &[(4, "RATE_LIMITED", 212, "203.0.113.41")],
        ..KEY
    },
    Key {
        client_id: "line-telemetry-north",
        name: "Line telemetry, plant north",
        tags: &["env:prod", "site:north", "team:ot"],
        grants: &[("data-sender", "area=production:data=line-telemetry:plant=north")],
        by: "lev",
        made: 85,
        rhythm: Rhythm::Steady(420),
        from: &["198.51.100.70"],
        ..KEY
    },
    Key {
        client_id: "line-telemetry-south",
        name: "Line telemetry, plant south",
        tags: &["env:prod", "site:south", "team:ot"],
        grants: &[("data-sender", "area=production:data=line-telemetry:plant=south")],
        by: "lev",
        made: 85,
        life: 365,
        fate: &[(2, Fate::Rotated { overlap: 7 * DAY, by: "olaf" })],
        rhythm: Rhythm::Steady(410),
        from: &["198.51.100.74", "198.51.100.75"],
        laggard: true,
        ..KEY
    },
    Key {
        client_id: "meter-readings-batch",
        name: "SCADA meter readings",
        tags: &["env:prod", "system:scada"],
        grants: &[("data-sender", "area=energy:data=meter-readings")],
        by: "ada",
        made: 140,
        life: 0,
        rhythm: Rhythm::Steady(4),
        from: &["198.51.100.12"],
        ..KEY
    },
    Key {
        client_id: "bi-readonly-extract",
        name: "Extract for the BI warehouse",
        tags: &["env:prod", "team:analytics"],
        grants: &[("data-reader", "")],
        by: "ada",
        made: 90,
        life: 180,
        rhythm: Rhythm::Nightly(6, 16),
        from: &["203.0.113.90"],
        ..KEY
    },
    Key {
        client_id: "invoice-export-nightly",
        name: "Invoices to the billing system",
        tags: &["env:prod", "system:billing"],
        grants: &[("data-reader", "area=sales:data=invoices")],
        made: 152,
        life: 180,
        rhythm: Rhythm::Nightly(3, 152),
        from: &["203.0.113.17"],
        ..KEY
    },
    Key {
        client_id: "carrier-tracking-hook",
        name: "Tracking events of carriers",
        tags: &["env:prod", "team:logistics"],
        grants: &[("data-sender", "area=logistics:data=shipments")],
        by: "mika",
        made: 66,
        life: 180,
        rhythm: Rhythm::Steady(26),
        from: &["198.51.100.31", "2001:db8:42::17"],
        ..KEY
    },
    Key {
        client_id: "customs-declarations",
        name: "Customs declarations",
        tags: &["env:prod", "team:logistics"],
        grants: &[("data-sender", "area=logistics:data=customs")],
        by: "mika",
        made: 80,
        rhythm: Rhythm::Office(18),
        from: &["203.0.113.44"],
        ..KEY
    },
    Key {
        client_id: "price-list-publisher",
        name: "Price lists for dealers",
        tags: &["env:prod", "system:erp", "team:sales"],
        grants: &[("master-data-editor", "area=sales:data=price-lists")],
        by: "mika",
        made: 62,
        rhythm: Rhythm::Nightly(5, 40),
        from: &["203.0.113.18"],
        ..KEY
    },
    Key {
        client_id: "crm-contacts-sync",
        name: "Contacts from the CRM",
        tags: &["env:prod", "system:crm", "team:sales"],
        grants: &[("data-sender", "area=sales")],
        by: "mika",
        made: 70,
        life: 180,
        rhythm: Rhythm::Office(55),
        from: &["198.51.100.90"],
        ..KEY
    },
    Key {
        client_id: "webshop-orders",
        name: "Orders of the web shop",
        tags: &["env:prod", "team:sales"],
        grants: &[("data-sender", "area=sales:data=orders"), ("data-reader", "area=sales:data=price-lists")],
        made: 117,
        life: 180,
        fate: &[(40, Fate::Rotated { overlap: DAY, by: "olaf" })],
        rhythm: Rhythm::Steady(95),
        from: &["203.0.113.60", "203.0.113.61"],
        knocks: 5,
        laggard: true,
        ..KEY
    },
    Key {
        client_id: "webshop-orders-staging",
        name: "Orders of the web shop, staging",
        tags: &["env:staging", "team:sales"],
        grants: &[("data-sender", "area=sales:data=orders")],
        by: "mika",
        made: 50,
        rhythm: Rhythm::Office(22),
        from: &["203.0.113.66"],
        ..KEY
    },
    Key {
        client_id: "partner-portal-staging",
        name: "Partner portal, staging",
        tags: &["env:staging", "team:sales"],
        grants: &[
            ("data-sender", "area=sales:data=orders"),
            ("data-reader", "area=sales:data=price-lists"),
            ("data-reader", "area=sales:data=invoices"),
        ],
        by: "lev",
        made: 94,
        rhythm: Rhythm::Office(14),
        from: &["198.51.100.120"],
        knocks: 6,
        ..KEY
    },
    Key {
        client_id: "legacy-csv-import",
        name: "CSV import over FTP",
        tags: &["env:prod", "system:ftp"],
        grants: &[("master-data-editor", "area=sales")],
        by: "ada",
        made: 155,
        life: 0,
        fate: &[(
            115,
            Fate::Disabled { reason: "Replaced by erp-orders-sync; ask sales before it is enabled.", by: "olaf" },
        )],
        ..KEY
    },
    Key {
        client_id: "quality-lab-upload",
        name: "Results of the quality lab",
        tags: &["env:prod", "site:north"],
        grants: &[("data-sender", "area=production:data=quality-checks")],
        made: 1,
        ..KEY
    },
    Key {
        client_id: "load-test-runner",
        name: "Load tests",
        tags: &["env:test"],
        grants: &[("data-sender", "")],
        by: "ada",
        life: 30,
        ..KEY
    },
    Key {
        client_id: "vision-inspection",
        name: "Camera inspection, line 4",
        tags: &["env:prod", "site:north", "team:ot"],
        grants: &[("data-sender", "area=production:data=quality-checks")],
        made: 58,
        rhythm: Rhythm::Office(300),
        from: &["198.51.100.81"],
        ..KEY
    },
    Key {
        client_id: "robot-cell-07",
        name: "Robot cell 7",
        tags: &["env:prod", "site:north", "team:ot"],
        grants: &[("data-sender", "area=production:data=line-telemetry:plant=north")],
        by: "lev",
        made: 77,
        rhythm: Rhythm::Steady(60),
        from: &["198.51.100.77"],
        ..KEY
    },
    Key {
        client_id: "robot-cell-08",
        name: "Robot cell 8",
        tags: &["env:prod", "site:north", "team:ot"],
        grants: &[("data-sender", "area=production:data=line-telemetry:plant=north")],
        by: "mika",
        made: 20,
        rhythm: Rhythm::Steady(58),
        from: &["198.51.100.78"],
        ..KEY
    },
    Key {
        client_id: "robot-cell-09",
        name: "Robot cell 9",
        tags: &["env:prod", "site:south", "team:ot"],
        grants: &[("data-sender", "area=production:data=line-telemetry:plant=south")],
        by: "mika",
        made: 6,
        ..KEY
    },
    Key {
        client_id: "press-line-gateway",
        name: "Press line",
        tags: &["env:prod", "site:south", "team:ot"],
        grants: &[("data-sender", "area=production:data=line-telemetry:plant=south")],
        made: 44,
        life: 180,
        rhythm: Rhythm::Steady(130),
        from: &["198.51.100.79"],
        ..KEY
    },
    Key {
        client_id: "torque-station-2",
        name: "Torque station 2",
        tags: &["env:prod", "site:south", "team:ot"],
        grants: &[("data-sender", "area=production:data=line-telemetry:plant=south")],
        by: "lev",
        made: 121,
        rhythm: Rhythm::Office(40),
        from: &["198.51.100.83"],
        ..KEY
    },
    Key {
        client_id: "maintenance-tickets",
        name: "Tickets from the maintenance system",
        tags: &["env:prod", "system:cmms"],
        grants: &[("data-sender", "area=production:data=maintenance")],
        made: 35,
        life: 180,
        rhythm: Rhythm::Office(9),
        from: &["203.0.113.77"],
        ..KEY
    },
    Key {
        client_id: "spare-parts-catalogue",
        name: "Catalogue of spare parts",
        tags: &["env:prod", "system:cmms"],
        grants: &[("data-reader", "area=production:data=maintenance")],
        made: 21,
        life: 180,
        ..KEY
    },
    Key {
        client_id: "energy-dashboard",
        name: "Dashboard in the control room",
        tags: &["env:prod", "team:energy"],
        grants: &[("data-reader", "area=energy")],
        made: 150,
        life: 365,
        rhythm: Rhythm::Office(24),
        from: &["192.0.2.200"],
        ..KEY
    },
    Key {
        client_id: "load-profile-forecast",
        name: "Forecast of the load",
        tags: &["env:prod", "team:energy"],
        grants: &[("report-runner", "area=energy:data=load-profile")],
        made: 47,
        rhythm: Rhythm::Nightly(2, 8),
        from: &["203.0.113.91"],
        ..KEY
    },
    Key {
        client_id: "solar-inverter-feed",
        name: "Inverters on the roof",
        tags: &["env:prod", "site:north", "team:energy"],
        grants: &[("data-sender", "area=energy:data=meter-readings")],
        made: 45,
        rhythm: Rhythm::Steady(12),
        from: &["198.51.100.15", "2001:db8:15::9"],
        ..KEY
    },
    Key {
        client_id: "tariff-import",
        name: "Tariffs of the grid operator",
        tags: &["env:prod", "team:energy"],
        grants: &[("master-data-editor", "area=energy:data=load-profile")],
        made: 88,
        life: 180,
        fate: &[(
            2,
            Fate::Disabled { reason: "It sends the tariffs of last year. Dana is looking into it.", by: "olaf" },
        )],
        rhythm: Rhythm::Nightly(1, 12),
        from: &["198.51.100.16"],
        knocks: 12,
        ..KEY
    },
    Key {
        client_id: "finance-ledger-export",
        name: "Ledger for finance",
        tags: &["env:prod", "team:finance"],
        grants: &[("report-runner", "area=finance")],
        by: "ada",
        made: 39,
        rhythm: Rhythm::Nightly(4, 6),
        from: &["203.0.113.95"],
        ..KEY
    },
    Key {
        client_id: "audit-archive",
        name: "Archive for the auditors",
        tags: &["env:prod", "team:finance"],
        grants: &[("data-reader", "")],
        by: "ada",
        made: 73,
        life: 365,
        rhythm: Rhythm::Nightly(0, 3),
        from: &["203.0.113.96"],
        ..KEY
    },
    Key {
        client_id: "api-gateway",
        name: "Gateway that asks about tokens",
        tags: &["env:prod", "system:gateway"],
        grants: &[("ci", "")],
        by: "ada",
        made: 145,
        life: 180,
        allowed: "192.0.2.208/28",
        fate: &[(60, Fate::Extended { days: 180, by: "ada" })],
        rhythm: Rhythm::Steady(35),
        from: &["192.0.2.210", "192.0.2.211"],
        ..KEY
    },
    Key {
        client_id: "ci-smoke-tests",
        name: "Smoke tests of the pipeline",
        tags: &["env:test", "system:ci"],
        grants: &[("data-reader", "")],
        made: 29,
        life: 30,
        rhythm: Rhythm::Office(5),
        from: &["203.0.113.130"],
        ..KEY
    },
    Key {
        client_id: "edi-nordwind",
        name: "EDI with Nordwind Freight",
        tags: &["env:prod", "partner:nordwind", "team:logistics"],
        grants: &[("data-sender", "area=logistics:data=shipments")],
        made: 64,
        life: 180,
        allowed: "198.51.100.192/26",
        rhythm: Rhythm::Nightly(22, 64),
        from: &["198.51.100.201"],
        ..KEY
    },
    Key {
        client_id: "edi-southport",
        name: "EDI with Southport Lines",
        tags: &["env:prod", "partner:southport", "team:logistics"],
        grants: &[("data-sender", "area=logistics:data=shipments")],
        made: 102,
        rhythm: Rhythm::Nightly(21, 30),
        from: &["198.51.100.140"],
        knocks: 11,
        ..KEY
    },
    Key {
        client_id: "supplier-portal-sync",
        name: "Suppliers",
        tags: &["env:prod", "team:sales"],
        grants: &[("data-sender", "area=sales")],
        by: "mika",
        made: 10,
        rhythm: Rhythm::Office(33),
        from: &["203.0.113.70"],
        ..KEY
    },
    Key {
        client_id: "mobile-app-beta",
        name: "Beta of the mobile app",
        tags: &["env:staging", "team:sales"],
        grants: &[("data-reader", "area=sales:data=orders")],
        made: 90,
        life: 365,
        fate: &[(35, Fate::Disabled { reason: "", by: "mika" })],
        rhythm: Rhythm::Office(12),
        from: &["203.0.113.150"],
        ..KEY
    },
    Key {
        client_id: "training-sandbox",
        name: "Sandbox for trainings",
        tags: &["env:test"],
        grants: &[("data-reader", "")],
        by: "mika",
        made: 92,
        life: 30,
        ..KEY
    },
    Key {
        client_id: "chat-alerts-hook",
        name: "Alerts in the chat",
        tags: &["env:prod", "team:ot"],
        grants: &[("data-reader", "area=production")],
        made: 12,
        life: 30,
        ..KEY
    },
    Key {
        client_id: "forklift-tracker",
        name: "Positions of the forklifts",
        tags: &["env:prod", "site:north", "team:logistics"],
        grants: &[("data-sender", "area=logistics:data=warehouse-events")],
        made: 110,
        life: 365,
        rhythm: Rhythm::Office(75),
        from: &["198.51.100.99"],
        quiet: 41,
        ..KEY
    },
    Key {
        client_id: "old-erp-bridge",
        name: "Bridge to the old ERP",
        tags: &["env:prod", "system:erp"],
        grants: &[("data-sender", "area=sales:data=orders")],
        by: "ada",
        made: 151,
        life: 365,
        fate: &[(20, Fate::Deleted { by: "ada" })],
        rhythm: Rhythm::Steady(18),
        from: &["203.0.113.19"],
        knocks: 14,
        ..KEY
    },
    Key {
        client_id: "scanner-gw-2019",
        name: "Hand scanners of 2019",
        tags: &["env:prod", "site:south"],
        grants: &[("data-sender", "area=logistics:data=warehouse-events")],
        made: 149,
        life: 365,
        fate: &[(6, Fate::Deleted { by: "olaf" })],
        rhythm: Rhythm::Office(30),
        from: &["203.0.113.47"],
        knocks: 31,
        ..KEY
    },
    Key {
        client_id: "migration-2025",
        name: "Migration of the archive",
        tags: &["env:prod"],
        grants: &[("master-data-editor", "")],
        by: "ada",
        made: 138,
        life: 180,
        fate: &[(70, Fate::Deleted { by: "ada" })],
        ..KEY
    },
];
