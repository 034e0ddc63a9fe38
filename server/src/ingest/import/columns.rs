//! Which column of a file is what of an event.

use super::InvalidColumns;

/// Fields of an event that a column can be.
const FIELDS: [(&str, Field); 25] = [
    ("id", Field::Text("id")),
    ("name", Field::Text("name")),
    ("time", Field::Time),
    ("user", Field::Text("user")),
    ("account", Field::Text("account")),
    ("session", Field::Text("session")),
    ("page", Field::Text("page")),
    ("referrer", Field::Text("referrer")),
    ("country", Field::Text("country")),
    ("device", Field::Text("device")),
    ("url", Field::Text("url")),
    ("browser", Field::Text("browser")),
    ("os", Field::Text("os")),
    ("channel", Field::Text("channel")),
    ("utm_source", Field::Text("utm_source")),
    ("utm_medium", Field::Text("utm_medium")),
    ("utm_campaign", Field::Text("utm_campaign")),
    ("utm_term", Field::Text("utm_term")),
    ("utm_content", Field::Text("utm_content")),
    ("user_agent", Field::Text("user_agent")),
    ("ip", Field::Text("ip")),
    ("value", Field::Amount),
    ("currency", Field::Text("currency")),
    ("duration_ms", Field::Duration),
    ("properties", Field::Properties),
];

/// What a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// Left out.
    Skipped,
    /// Names the row's tenant.
    Tenant,
    /// A field of the event.
    Field(Field),
    /// A property of this name.
    Property(String),
}

/// A field, by how its values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Text(&'static str),
    Time,
    Amount,
    Duration,
    Properties,
}

/// The mapping that the arguments ask for.
#[derive(Debug, Clone)]
pub struct Columns {
    mapped: Vec<(String, Role)>,
}

impl Columns {
    /// Columns that are fields by `COLUMN=FIELD`, that are left out, and the one that names the tenant.
    ///
    /// # Errors
    /// What is wrong with which of them.
    pub fn new(
        map: &[String],
        skip: &[String],
        tenant: Option<&str>,
    ) -> Result<Self, InvalidColumns> {
        let mut mapped: Vec<(String, Role)> = Vec::new();
        let mut add = |column: &str, role: Role| {
            if mapped.iter().any(|(name, _)| name == column) {
                return Err(wrong(format!("the column `{column}` is named twice")));
            }
            mapped.push((column.to_owned(), role));
            Ok(())
        };
        for pair in map {
            let Some((column, field)) = pair.rsplit_once('=') else {
                return Err(wrong(format!("`{pair}`: write a mapping as COLUMN=FIELD")));
            };
            add(column, target(field)?)?;
        }
        for column in skip {
            add(column, Role::Skipped)?;
        }
        if let Some(column) = tenant {
            add(column, Role::Tenant)?;
        }
        Ok(Self { mapped })
    }

    /// What a column of this name is.
    pub(super) fn role(&self, column: &str) -> Role {
        if let Some((_, role)) = self.mapped.iter().find(|(name, _)| name == column) {
            return role.clone();
        }
        let field = FIELDS.iter().find(|(name, _)| *name == column).map(|(_, field)| *field);
        match field {
            // A column that is mapped to a field takes it from the column of the field's name.
            Some(field) if !self.mapped.iter().any(|(_, role)| *role == Role::Field(field)) => {
                Role::Field(field)
            }
            _ => Role::Property(column.to_owned()),
        }
    }

    /// What each column of a file with a head is; checks that the head has what is asked for.
    pub(super) fn roles(&self, head: &[&str]) -> Result<Vec<Role>, InvalidColumns> {
        let has = head.join(", ");
        for (column, role) in &self.mapped {
            if !head.contains(&column.as_str()) && *role != Role::Skipped {
                return Err(wrong(format!("the file has no column `{column}`; it has: {has}")));
            }
        }
        let roles: Vec<Role> = head.iter().map(|column| self.role(column)).collect();
        for (index, role) in roles.iter().enumerate() {
            if *role != Role::Skipped && roles[..index].contains(role) {
                let column = head[index];
                return Err(wrong(format!("`{column}` and another column are the same: {has}")));
            }
        }
        for (name, needed) in [("time", Field::Time), ("name", Field::Text("name"))] {
            if !roles.contains(&Role::Field(needed)) {
                return Err(wrong(format!(
                    "no column is the event's `{name}`: say which with the mapping COLUMN={name}; the \
                     file has: {has}"
                )));
            }
        }
        Ok(roles)
    }
}

fn target(field: &str) -> Result<Role, InvalidColumns> {
    if let Some(name) = field.strip_prefix("properties.") {
        return Ok(Role::Property(name.to_owned()));
    }
    let known = FIELDS.iter().find(|(name, _)| *name == field);
    known.map(|(_, field)| Role::Field(*field)).ok_or_else(|| {
        let names: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
        let names = names.join(", ");
        wrong(format!("an event has no field `{field}`; it has: {names}, properties.…"))
    })
}

fn wrong(text: String) -> InvalidColumns {
    InvalidColumns(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(map: &[&str]) -> Columns {
        let map: Vec<String> = map.iter().map(|pair| (*pair).to_owned()).collect();
        Columns::new(&map, &["secret".to_owned()], Some("tenant_id")).unwrap()
    }

    #[test]
    fn columns_are_what_they_are_named_or_mapped_to() {
        let columns = columns(&["event_time=time", "x=properties.plan", "who=user"]);
        let head = ["tenant_id", "event_time", "name", "x", "secret", "plan_b", "user", "who"];
        let property = |name: &str| Role::Property(name.into());
        assert_eq!(
            columns.roles(&head).unwrap(),
            [
                Role::Tenant,
                Role::Field(Field::Time),
                Role::Field(Field::Text("name")),
                property("plan"),
                Role::Skipped,
                property("plan_b"),
                property("user"),
                Role::Field(Field::Text("user")),
            ]
        );
    }

    #[test]
    fn what_is_missing_is_said_with_what_is_there() {
        let no = columns(&["at=time"]).roles(&["tenant_id", "name"]).unwrap_err().to_string();
        assert_eq!(no, "the file has no column `at`; it has: tenant_id, name");
        let no = columns(&[]).roles(&["tenant_id", "name"]).unwrap_err().to_string();
        assert!(no.contains("COLUMN=time"), "{no}");
        let no = Columns::new(&["a=nope".to_owned()], &[], None).unwrap_err().to_string();
        assert!(no.contains("duration_ms"), "{no}");
        assert!(Columns::new(&["a".to_owned()], &[], None).is_err());
        assert!(Columns::new(&["a=user".into()], &["a".into()], None).is_err());
    }
}
