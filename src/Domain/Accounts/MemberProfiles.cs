using System.Text.Json.Nodes;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Accounts;

/// <summary>Changing what an account has on file about a member. In the home account the sign-in name, the names and the main address are the user's own and change with it.</summary>
public static class MemberProfiles
{
    /// <param name="UserName">The sign-in name. Must stay what it is for a guest.</param>
    /// <param name="ExternalId">What the account's HR system calls the member.</param>
    /// <param name="Attributes">A <see cref="ProfileDocument"/>.</param>
    public sealed record Profile(string UserName, string? ExternalId, JsonObject Attributes);

    private static readonly Statement One = new(
        """SELECT "UserId", "AccountId", "UserNameKey", "ExternalId", "Attributes", "Home" FROM "Memberships" WHERE "Id" = @member""", "@member");

    private static readonly Statement Write = new(
        """UPDATE "Memberships" SET "ExternalId" = @external, "Attributes" = @attributes, "UpdatedAt" = @now WHERE "Id" = @member""",
        "@member", "@external", "@attributes", "@now");

    /// <summary>A member as the account has them on file.</summary>
    private sealed record OnFile(string Id, string UserId, string AccountId, string UserNameKey, string? ExternalId, string? Attributes, bool Home);

    public enum PutResult
    {
        Changed,
        Unchanged,
        NoSuchMember,
        UserNameTaken,
        UserNameInvalid,

        /// <summary>The main address is none to which mail could be written.</summary>
        EmailInvalid,

        /// <summary>Only the home account changes a sign-in name.</summary>
        NotHome,

        /// <summary>There is more in it than an account may have on file about a member: <see cref="ProfileDocument.MaxLength"/>.</summary>
        TooLarge,

        /// <summary>The sign-in name and main address of who runs the hub are not an account's to change.</summary>
        Operator,
    }

    /// <summary>Whether the main address in what is on file is one to which mail could be written, or absent.</summary>
    public static bool HasPlausibleEmail(JsonObject attributes) => ProfileDocument.FactsOf(attributes).Email is not { } email || EmailAddress.IsPlausible(email);

    /// <summary>Gives a member this profile as a whole.</summary>
    public static async Task<PutResult> PutAsync(HubTransaction transaction, string membershipId, Profile profile)
    {
        await transaction.FlushAsync();
        if (Read(transaction, membershipId) is not { } membership)
        {
            return PutResult.NoSuchMember;
        }

        if (!HasPlausibleEmail(profile.Attributes))
        {
            return PutResult.EmailInvalid;
        }

        if (IsTooLarge(membership.Attributes, profile.Attributes))
        {
            return PutResult.TooLarge;
        }

        var isChanged = false;
        if (membership.Home)
        {
            var result = await ChangeUserAsync(transaction, membership.UserId, profile);
            if (result is not (PutResult.Changed or PutResult.Unchanged))
            {
                return result;
            }

            isChanged = result == PutResult.Changed;
        }
        else if (CanonicalName.Of(profile.UserName) != membership.UserNameKey)
        {
            return PutResult.NotHome;
        }

        return await WriteAsync(transaction, membership, profile) || isChanged ? PutResult.Changed : PutResult.Unchanged;
    }

    /// <summary>What is too large already may shrink.</summary>
    private static bool IsTooLarge(string? before, JsonObject attributes) =>
        ProfileDocument.ToText(attributes) is { Length: > ProfileDocument.MaxLength } after && after.Length >= (before?.Length ?? 0);

    private static async Task<PutResult> ChangeUserAsync(HubTransaction transaction, string userId, Profile profile)
    {
        var user = Users.Users.ReadRow(transaction, userId);
        var facts = ProfileDocument.FactsOf(profile.Attributes);
        if (user.Operator && (CanonicalName.Of(profile.UserName) != user.UserNameKey || facts.Email != user.Email))
        {
            return PutResult.Operator;
        }

        // An address is verified by whoever reads its mail, never by who provisions.
        var result = await Users.Users.ChangeRowAsync(
            transaction, userId,
            new(profile.UserName, facts.GivenName, facts.FamilyName, facts.Email, user.EmailVerified && facts.Email == user.Email, user.Operator));
        return result switch
        {
            Users.Users.ChangeResult.Changed => PutResult.Changed,
            Users.Users.ChangeResult.Unchanged => PutResult.Unchanged,
            Users.Users.ChangeResult.UserNameTaken => PutResult.UserNameTaken,
            _ => PutResult.UserNameInvalid,
        };
    }

    private static async Task<bool> WriteAsync(HubTransaction transaction, OnFile membership, Profile profile)
    {
        var attributes = ProfileDocument.ToText(profile.Attributes);
        if (attributes == membership.Attributes && profile.ExternalId == membership.ExternalId)
        {
            return false;
        }

        transaction.Connection.Execute(Write, membership.Id, profile.ExternalId, attributes, transaction.Now.ToUnixTimeMilliseconds());
        await transaction.RefreshAsync(membership.Id, membership.UserId);
        MemberEmails.Replace(transaction, membership.AccountId, membership.Id, ProfileDocument.Parse(membership.Attributes), profile.Attributes);
        if (!membership.Home)
        {
            await MemberNames.RenewAsync(transaction, membership.UserId);
        }

        await transaction.AuditAsync(
            "member.profile-changed", membership.AccountId, membership.UserId,
            AuditChanges.Of(ProfileDocument.Parse(membership.Attributes), profile.Attributes, ("externalId", membership.ExternalId, profile.ExternalId)));
        return true;
    }

    private static OnFile? Read(HubTransaction transaction, string membershipId)
    {
        using var row = transaction.Connection.Bind(One, membershipId).ExecuteReader();
        return row.Read() ? new(membershipId, row.GetString(0), row.GetString(1), row.GetString(2), row.Text(3), row.Text(4), row.GetBoolean(5)) : null;
    }
}
