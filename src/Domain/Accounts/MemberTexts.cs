using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Accounts;

/// <summary>What people type about a member: whether it may stand, and a sentence when it may not.</summary>
internal static class MemberTexts
{
    public const int LongestName = 256;

    public const string GuestsAreElsewhere = "This user belongs to another account. Only that account changes their name, addresses and second factors.";

    public static string? CheckName(string? given, string? family) =>
        given is null && family is null ? "Write a name."
        : (given?.Length ?? 0) > LongestName || (family?.Length ?? 0) > LongestName ? $"Write a name of {LongestName} characters at most."
        : $"{given}{family}".Any(char.IsControl) ? "A name has no line breaks and no control characters."
        : null;

    public static string? CheckUserName(string userName) =>
        CanonicalName.Of(userName) is null ? $"Write a user name of 1 to {CanonicalName.MaxLength} characters, without line breaks and characters that nobody sees." : null;

    public static string? CheckAddress(string? address) => address is null || EmailAddress.IsPlausible(address) ? null : "Write an e-mail address, such as name@example.org.";

    public static MemberRefusal UserNameTaken() => new(MemberField.UserName, "Somebody else has this user name already. Choose another one.");
}
