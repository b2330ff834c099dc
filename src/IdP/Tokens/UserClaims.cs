using System.Text.Json;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Permissions;
using IdentityHub.IdP.Protocol;

namespace IdentityHub.IdP.Tokens;

/// <summary>What is said about a user, in ID tokens, access tokens, UserInfo and introspection alike. What is not known is left out, never null.</summary>
internal static class UserClaims
{
    /// <summary>The claims of this hub's own: the account in which the user acts, and those to switch to.</summary>
    public static void WriteAccount(Utf8JsonWriter json, LiveGrant grant, string scope, IReadOnlyList<AccountChoice> accounts)
    {
        var scopes = Scopes.Split(scope);
        if (grant.Member is { } member && scopes.Contains(Scopes.Account))
        {
            json.WriteString("account", member.AccountId);
            json.WriteString("account_name", member.AccountName);
            json.WriteString("role", PermissionNames.Of(member.Role));
            if (member.PermissionLevel is { } level)
            {
                json.WriteString("permission_level", PermissionNames.Of(level));
            }

            WriteArray(json, "seats", member.Seats);
            WriteArray(json, "permissions", PermissionMatrix.Of(member.Role, member.PermissionLevel));
        }

        if (scopes.Contains(Scopes.Accounts))
        {
            json.WriteStartArray("accounts");
            foreach (var account in accounts)
            {
                json.WriteStartObject();
                json.WriteString("id", account.Id);
                json.WriteString("name", account.Name);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    /// <summary>The standard claims (OpenID Connect Core §5.1) that are asked for and known.</summary>
    public static void WriteStandard(Utf8JsonWriter json, UserFacts user, Func<string, bool> isAsked)
    {
        var name = string.Join(' ', new[] { user.GivenName, user.FamilyName }.Where(part => !string.IsNullOrWhiteSpace(part)));
        foreach (var (claim, value) in (ReadOnlySpan<(string, string?)>)
        [
            ("name", name.Length > 0 ? name : null), ("given_name", user.GivenName), ("family_name", user.FamilyName),
            ("preferred_username", user.UserName), ("email", user.Email), ("locale", user.Locale), ("zoneinfo", user.ZoneInfo),
        ])
        {
            if (!string.IsNullOrWhiteSpace(value) && isAsked(claim))
            {
                json.WriteString(claim, value);
            }
        }

        if (user.Email is not null && isAsked("email_verified"))
        {
            json.WriteBoolean("email_verified", user.EmailVerified);
        }

        if (isAsked("updated_at"))
        {
            json.WriteNumber("updated_at", user.UpdatedAt.ToUnixTimeSeconds());
        }
    }

    /// <summary>Whether a scope asks for a claim (OpenID Connect Core §5.4).</summary>
    public static bool ScopeAsksFor(IReadOnlyCollection<string> scopes, string claim) => claim switch
    {
        "name" or "given_name" or "family_name" or "preferred_username" or "updated_at" or "locale" or "zoneinfo" => scopes.Contains(Scopes.Profile),
        "email" or "email_verified" => scopes.Contains(Scopes.Email),
        _ => false,
    };

    public static void WriteArray(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
