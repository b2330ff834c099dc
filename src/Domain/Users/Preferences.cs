using System.Text.RegularExpressions;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Persistence;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Users;

/// <summary>What a person chose for themself: language and time zone, which apps are told, and how the hub's pages look.</summary>
/// <param name="Locale">A tag of BCP 47 with a language, perhaps a script, perhaps a region; null for no choice.</param>
/// <param name="ZoneInfo">An IANA time zone's name; null for no choice.</param>
/// <param name="Theme">Of the hub's own pages.</param>
public sealed record UserPreferences(string? Locale, string? ZoneInfo, Theme Theme);

/// <summary>People's own preferences. Where a person chose none, what their home account has on file stands in: the choice of whom it is about wins.</summary>
public static partial class Preferences
{
    private static readonly Statement OnFile = new("""SELECT "Attributes" FROM "Memberships" WHERE "UserId" = @user AND "Home" """, "@user");

    public enum SetResult
    {
        Changed,
        Unchanged,
        NoSuchUser,

        /// <summary>Not a tag of BCP 47 as <see cref="UserPreferences"/> has it. Nothing was changed.</summary>
        LocaleUnknown,

        /// <summary>No time zone that this hub knows. Nothing was changed.</summary>
        ZoneUnknown,
    }

    /// <returns>The user's choices; null when there is no such user.</returns>
    public static Task<UserPreferences?> OfAsync(HubReader reader, string userId) =>
        reader.Db.Users.Where(user => user.Id == userId).Select(user => new UserPreferences(user.Locale, user.ZoneInfo, user.Theme)).SingleOrDefaultAsync();

    /// <summary>Keeps a person's choices. Language and zone are told to apps from their next question on.</summary>
    public static async Task<SetResult> SetAsync(HubTransaction transaction, string userId, UserPreferences chosen)
    {
        var locale = string.IsNullOrWhiteSpace(chosen.Locale) ? null : LocaleOf(chosen.Locale);
        if (locale is null && !string.IsNullOrWhiteSpace(chosen.Locale))
        {
            return SetResult.LocaleUnknown;
        }

        var zone = string.IsNullOrWhiteSpace(chosen.ZoneInfo) ? null : chosen.ZoneInfo.Trim();
        if (zone is not null && ZoneOf(zone) is null)
        {
            return SetResult.ZoneUnknown;
        }

        if (await transaction.Db.Users.SingleOrDefaultAsync(row => row.Id == userId) is not { } user)
        {
            return SetResult.NoSuchUser;
        }

        if (user.Locale == locale && user.ZoneInfo == zone && user.Theme == chosen.Theme)
        {
            return SetResult.Unchanged;
        }

        // What apps are told is other then: updated_at says so. The look of the hub's pages is nothing of theirs.
        user.UpdatedAt = user.Locale == locale && user.ZoneInfo == zone ? user.UpdatedAt : transaction.Now;
        user.Locale = locale;
        user.ZoneInfo = zone;
        user.Theme = chosen.Theme;
        await transaction.AuditAsync("user.preferences-changed", subjectUserId: userId, details: new { locale, zone, theme = chosen.Theme.ToString() });
        return SetResult.Changed;
    }

    /// <summary>What apps are told of a person's language and time zone: their own choice, or else what their home account has on file where that can be told.</summary>
    public static UserFacts WithOnFile(HubReader reader, UserFacts user)
    {
        if ((user.Locale is not null && user.ZoneInfo is not null) || reader.Connection.Scalar(OnFile, user.Id) is not string text)
        {
            return user;
        }

        var document = ProfileDocument.Parse(text);
        return user with
        {
            Locale = user.Locale ?? LocaleOf(ProfileDocument.TextOf(document, "locale")) ?? LocaleOf(ProfileDocument.TextOf(document, "preferredLanguage")?.Split(',', ';')[0]),
            ZoneInfo = user.ZoneInfo ?? (ProfileDocument.TextOf(document, "timezone") is { } zone && ZoneOf(zone) is not null ? zone : null),
        };
    }

    /// <returns>The tag as BCP 47 writes it (en, en-US, zh-Hant-TW), however it was written; null when it is none.</returns>
    public static string? LocaleOf(string? tag)
    {
        if (tag is null || LocaleShape().Match(tag.Trim().Replace('_', '-')) is not { Success: true } match)
        {
            return null;
        }

        var script = match.Groups["script"].Value;
        return string.Join('-', new[]
        {
            match.Groups["language"].Value.ToLowerInvariant(), script.Length == 0 ? "" : char.ToUpperInvariant(script[0]) + script[1..].ToLowerInvariant(),
            match.Groups["region"].Value.ToUpperInvariant(),
        }.Where(part => part.Length > 0));
    }

    /// <returns>The zone of this IANA name; null when this hub knows none of it.</returns>
    public static TimeZoneInfo? ZoneOf(string? name) =>
        name is not null && ZoneShape().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    /// <summary>RFC 5646 §2.1 without variants and extensions: no app that asks for a locale has a use for those.</summary>
    [GeneratedRegex("^(?<language>[A-Za-z]{2,3})(-(?<script>[A-Za-z]{4}))?(-(?<region>[A-Za-z]{2}|[0-9]{3}))?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex LocaleShape();

    /// <summary>Names only, never a path: zones are files on some systems.</summary>
    [GeneratedRegex("^(UTC|[A-Z][A-Za-z_]{1,31}(/[A-Za-z0-9_+-]{1,32}){1,2})$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ZoneShape();
}
