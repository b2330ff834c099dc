using static IdentityHub.Scim.Protocol.Schema.Attributes;

namespace IdentityHub.Scim.Protocol.Schema;

/// <summary>What a User is made of: RFC 7643 §4.1, §4.3, and the account extension.</summary>
internal static class UserSchemas
{
    public const string CoreId = "urn:ietf:params:scim:schemas:core:2.0:User";
    public const string EnterpriseId = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    public const string AccountId = "urn:identityhub:params:scim:schemas:extension:account:2.0:User";

    private const int LongText = 32 * 1024;

    public static readonly ScimSchema Core = new(CoreId, "User", "A member of the account.",
    [
        Text("userName", "The sign-in name. Unique in the hub, without case.") with { Required = true, Uniqueness = Uniqueness.Server },
        Complex("name", "The parts of the person's name.",
            Text("formatted", "The whole name as it is shown."),
            Text("familyName", "The family name."),
            Text("givenName", "The given name."),
            Text("middleName", "The middle names."),
            Text("honorificPrefix", "A title before the name."),
            Text("honorificSuffix", "A suffix after the name.")),
        Text("displayName", "The name as it is shown."),
        Text("nickName", "The casual name."),
        Reference("profileUrl", "A page about the person.", "external"),
        Text("title", "The job title."),
        Text("userType", "The relation to the organisation, such as Employee or Contractor."),
        Text("preferredLanguage", "The preferred languages, as in Accept-Language (RFC 7231 §5.3.5)."),
        Text("locale", "For dates, numbers and currency: a language tag (RFC 5646)."),
        Text("timezone", "The time zone as the IANA database names it."),
        Flag("active", "Whether the member may sign in to the account. False ends every session and frees every seat."),
        Text("password", "Sets the password. Never returned.") with { CaseExact = true, Mutability = Mutability.WriteOnly, Returned = Returned.Never },
        Plural("emails", "E-mail addresses.", Text("value", "The address."), "work", "home", "other"),
        Plural("phoneNumbers", "Telephone numbers.", Text("value", "The number, best as RFC 3966 writes it."), "work", "home", "mobile", "fax", "pager", "other"),
        Plural("ims", "Instant-messaging addresses.", Text("value", "The address."), "aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"),
        Plural("photos", "Pictures.", Reference("value", "The picture's address.", "external") with { MaxLength = LongText }, "photo", "thumbnail"),
        Complex("addresses", "Postal addresses.",
            Text("formatted", "The whole address as it is written on a letter."),
            Text("streetAddress", "Street, house number, apartment."),
            Text("locality", "The city."),
            Text("region", "The state or region."),
            Text("postalCode", "The postal code."),
            Text("country", "The country, best as ISO 3166-1 alpha-2 writes it."),
            Text("type", "What the address is for.") with { CanonicalValues = ["work", "home", "other"] },
            Flag("primary", "Whether this is the preferred address; true of one at most.")) with { MultiValued = true },
        Complex("groups", "The groups that the member is in. Changed at the group.",
            ReadOnly(Text("value", "The group's id.")) with { CaseExact = true },
            ReadOnly(Reference("$ref", "The group's address.", "Group")) with { CaseExact = true },
            ReadOnly(Text("display", "The group's name.")),
            ReadOnly(Text("type", "How the member came into it.")) with { CanonicalValues = ["direct"] }) with { MultiValued = true, Mutability = Mutability.ReadOnly },
        Plural("entitlements", "What the member is entitled to. Those of the type seat are the seats that the member holds; others are kept as they are.", Text("value", "Of a seat, the seated application's id.") with { CaseExact = true }),
        Plural("roles", "The role in the account: one value.", Text("value", "Administrator or User.") with { CanonicalValues = ["Administrator", "User"] }),
        Plural("x509Certificates", "Certificates.", new ScimAttribute("value", AttributeType.Binary, "The DER-encoded certificate in base64.") { CaseExact = true, MaxLength = LongText }),
    ]);

    public static readonly ScimSchema Enterprise = new(EnterpriseId, "Enterprise User", "What organisations keep of their people.",
    [
        Text("employeeNumber", "The number that the organisation gave the person."),
        Text("costCenter", "The cost centre."),
        Text("organization", "The organisation."),
        Text("division", "The division."),
        Text("department", "The department."),
        Complex("manager", "The person's manager.",
            Text("value", "The id of the manager's User.") with { CaseExact = true },
            Reference("$ref", "The address of the manager's User.", "User") with { CaseExact = true },
            ReadOnly(Text("displayName", "The manager's name."))),
    ]);

    public static readonly ScimSchema Account = new(AccountId, "Account member", "What the member may do in the account. In step with roles and entitlements.",
    [
        Text("role", "The role in the account.") with { CanonicalValues = ["Administrator", "User"] },
        Text("permissionLevel", "Which of the account's services the member may use: SUPPORT, INVOICES, ACATR, or PRIMARY, which one member has.") with { CanonicalValues = ["SUPPORT", "INVOICES", "ACATR"] },
        Text("seats", "The ids of the seated applications that the member has a seat of.") with { MultiValued = true, CaseExact = true },
        Complex("twoFactor", "Second factors.",
            Flag("required", "Whether the member must have one."),
            ReadOnly(Flag("enrolled", "Whether the member has one.")),
            ReadOnly(Text("methods", "Which ones.")) with { MultiValued = true, CanonicalValues = ["totp", "email", "passkey"] }),
        ReadOnly(Moment("lastSignInAt", "When the member last signed in to the account.")),
        ReadOnly(Flag("homeAccount", "Whether this account changes the person's names, e-mail, password and second factors.")),
        ReadOnly(Text("subject", "The sub that relying apps see.")) with { CaseExact = true },
    ]);

    public static readonly ResourceType User = new("User", "/Users", "A member of the account.", Core, [Enterprise, Account]);
}
