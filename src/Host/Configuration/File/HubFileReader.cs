using System.Text.Json;
using System.Text.Unicode;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;

namespace IdentityHub.Host.ConfigurationFile;

/// <summary>A file as far as it could be read, and what is wrong with its form.</summary>
/// <param name="File">Null when it is no JSON at all. Has stand-ins where there are faults.</param>
/// <param name="Faults">Empty when the form is sound.</param>
internal sealed record HubFileReading(HubFile? File, IReadOnlyList<HubFileFault> Faults);

/// <summary>Reads a configuration file strictly: JSON as RFC 8259 has it, no key twice, no key unknown, nothing of another type.</summary>
internal static class HubFileReader
{
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>The format nests seven deep.</summary>
    private const int MaxDepth = 16;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads the file at this path. That it is not there or cannot be read is a fault as well.</summary>
    public static async Task<HubFileReading> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var length = new FileInfo(path).Length;
            return length > MaxBytes
                ? Refused(TooLarge(length))
                : Read(await System.IO.File.ReadAllBytesAsync(path, cancellationToken));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Refused($"the file {HubFileFaults.Quote(path)} cannot be read: {failure.Message}");
        }
    }

    public static HubFileReading Read(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            return Refused(TooLarge(json.Length));
        }

        if (!Utf8.IsValid(json.Span))
        {
            return Refused("the file is not UTF-8; save it in that encoding");
        }

        try
        {
            var text = json.Span.StartsWith(ByteOrderMark) ? json[ByteOrderMark.Length..] : json;
            using var document = JsonDocument.Parse(text, new() { AllowTrailingCommas = false, CommentHandling = JsonCommentHandling.Disallow, MaxDepth = MaxDepth });
            var faults = new List<HubFileFault>();
            var root = new FileObject(document.RootElement, "", faults);
            var file = new HubFile(
                root.Objects("applications", ReadApplication), root.Objects("accounts", ReadAccount), root.Objects("users", ReadUser),
                root.Objects("clients", HubFileClients.Read));
            root.RefuseOthers();
            return new(file, faults);
        }
        catch (JsonException fault)
        {
            return new(null, [new($"line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}", "is not JSON: " + FirstSentence(fault.Message))]);
        }
    }

    private static HubFileApplication ReadApplication(FileObject one) => new(one.RequiredText("id"), one.RequiredText("name"), one.Flag("seated", false));

    private static HubFileAccount ReadAccount(FileObject one) => new(
        one.RequiredText("id"),
        one.RequiredText("name"),
        one.Word(
            "twoFactor", ("optional", TwoFactorPolicy.Optional), ("administrators", TwoFactorPolicy.Administrators), ("required", TwoFactorPolicy.Required)),
        [.. one.Numbers("seats").Select(seats => new HubFileSeats(seats.Key, seats.Number))],
        one.Objects("provisioningTokens", token => new HubFileToken(token.RequiredText("name"), token.RequiredText("token"))),
        one.Object("scim", ReadScim));

    private static ScimSettings ReadScim(FileObject one)
    {
        var defaults = new ScimSettings();
        var answer = one.Number("patchAnswer");
        if (answer is not (null or 200 or 204))
        {
            one.Fault("patchAnswer", "must be 200 or 204");
        }

        return new()
        {
            AcceptUnknownReferences = one.Word("unknownReferences", ("refuse", false), ("accept", true)) ?? defaults.AcceptUnknownReferences,
            PatchAnswer = answer ?? defaults.PatchAnswer,
            UnquotedLiterals = one.Flag("unquotedLiterals", defaults.UnquotedLiterals),
        };
    }

    private static HubFileUser ReadUser(FileObject one)
    {
        var userName = one.RequiredText("userName");
        var factors = one.Object("twoFactor", factor => new TwoFactor(factor.Text("totp"), factor.Text("emailCodesTo")));
        return new(
            userName,
            one.Text("givenName"),
            one.Text("familyName"),
            one.Text("email") ?? (EmailAddress.IsPlausible(userName.Trim()) ? userName.Trim() : null),
            one.Text("password"),
            one.Flag("operator", false),
            factors?.Totp,
            factors?.EmailCodesTo,
            one.Objects("memberships", ReadMembership));
    }

    private static HubFileMembership ReadMembership(FileObject one) => new(
        one.RequiredText("account"),
        one.RequiredWord("role", ("Administrator", Role.Administrator), ("User", Role.User)),
        one.Word(
            "permissionLevel", ("PRIMARY", PermissionLevel.Primary), ("SUPPORT", PermissionLevel.Support), ("INVOICES", PermissionLevel.Invoices),
            ("ACATR", PermissionLevel.Acatr)),
        one.Flag("active", true),
        one.Texts("seats") ?? []);

    private static string TooLarge(long length) => $"the file has {length} bytes; {MaxBytes} are the most";

    private static HubFileReading Refused(string message) => new(null, [new("", message)]);

    /// <summary>The rest repeats the position, counted from 0.</summary>
    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }

    private sealed record TwoFactor(string? Totp, string? EmailCodesTo);
}
