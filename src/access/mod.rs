//! Who acts and what they may do. Pure: no table, no address, no page.

pub mod act;
pub mod actor;
pub mod giving;
pub mod grant;
pub mod permission;
pub mod permission_set;
pub mod resource_path;
pub mod role_set;

pub use act::{Act, Origin};
pub use actor::{Actor, Refused, TenantScope, Who};
pub use giving::{CannotGive, Missing};
pub use grant::Grant;
pub use permission::Permission;
pub use permission_set::PermissionSet;
pub use resource_path::ResourcePath;
pub use role_set::{BuiltIn, RoleSet};
