/// The conversions every validated text type shares, all of them through its `FromStr`.
macro_rules! text_conversions {
    ($type:ty) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<&str> for $type {
            type Error = $crate::model::Invalid;

            fn try_from(text: &str) -> Result<Self, $crate::model::Invalid> {
                text.parse()
            }
        }

        impl TryFrom<&String> for $type {
            type Error = $crate::model::Invalid;

            fn try_from(text: &String) -> Result<Self, $crate::model::Invalid> {
                text.parse()
            }
        }

        impl TryFrom<String> for $type {
            type Error = $crate::model::Invalid;

            fn try_from(text: String) -> Result<Self, $crate::model::Invalid> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> String {
                value.0
            }
        }

        impl $crate::json::ToJson for $type {
            fn to_json(&self, json: &mut String) {
                self.0.to_json(json);
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}
