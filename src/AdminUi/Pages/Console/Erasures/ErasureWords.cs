using IdentityHub.Domain.Erasing;

namespace IdentityHub.AdminUi.Pages.Console.Erasures;

/// <summary>What went with an erasure, in a few words.</summary>
internal static class ErasureWords
{
    private static readonly (string Key, string One, string Many)[] Words =
    [
        ("memberships", "membership", "memberships"), ("sessions", "session", "sessions"), ("report_rows", "line of reports", "lines of reports"),
        ("credentials", "credential", "credentials"), ("audit_entries_emptied", "audit entry emptied", "audit entries emptied"),
    ];

    public static string Of(ErasureRecord erasure) => string.Join(
        ", ", Words.Where(word => erasure.Counts.GetValueOrDefault(word.Key) > 0).Select(word => erasure.Counts[word.Key] == 1 ? $"1 {word.One}" : $"{erasure.Counts[word.Key]} {word.Many}"));
}
