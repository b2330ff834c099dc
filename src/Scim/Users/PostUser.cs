using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Schema;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Users;

/// <summary>POST /Users (RFC 7644 §3.3): a new member. Somebody whom the hub knows already becomes a guest, who accepts at the next sign-in.</summary>
internal sealed class PostUser(ProvisioningWrites writes, UserAnswers answers, ProvisionedPassword passwords, ScimOptions options)
{
    public async Task<ScimAnswer> RunAsync(ScimCall call, JsonObject body, ScimRequest request)
    {
        var prepared = await PrepareAsync(body, request);
        return prepared.Failed
            ? await writes.RefuseAsync(call, HttpMethods.Post, "User", null, ScimAnswer.Of(prepared.Error))
            : await writes.RunAsync(call, HttpMethods.Post, "User", null, transaction => CreateAsync(transaction, call, prepared.Value));
    }

    /// <summary>A request that was read.</summary>
    public sealed record Prepared(JsonObject Desired, MemberFacts Facts, string? PasswordHash, Projection Projection);

    /// <summary>What comes before the transaction: the reading, and the hashing of a password.</summary>
    public async Task<Outcome<Prepared>> PrepareAsync(JsonObject body, ScimRequest request)
    {
        var desired = ResourceReader.Read(UserSchemas.User, body);
        if (desired.Failed)
        {
            return desired.Error;
        }

        var projection = Projection.Parse(UserSchemas.User, request.Attributes, request.ExcludedAttributes);
        if (projection.Failed)
        {
            return projection.Error;
        }

        var facts = MemberFacts.Read([], desired.Value);
        if (facts.Failed)
        {
            return facts.Error;
        }

        var password = await passwords.TakeAsync(desired.Value);
        return password.Failed ? password.Error : new Prepared(desired.Value, facts.Value, password.Value.Hash, projection.Value);
    }

    public async Task<ScimAnswer> CreateAsync(HubTransaction transaction, ScimCall call, Prepared prepared)
    {
        var profile = ProfileReading.Of(prepared.Desired);
        if (ProfileReading.CheckManager(transaction, call, profile) is { } unknownManager)
        {
            return ScimAnswer.Of(unknownManager);
        }

        var added = await AddAsync(transaction, call, profile, prepared.Facts);
        if (added.Failed)
        {
            return ScimAnswer.Of(added.Error);
        }

        var reconciler = new MemberReconciler(transaction, call);
        var error = await reconciler.EquipAsync(added.Value.Id, prepared.Facts);
        await transaction.SettleAsync();
        var member = answers.Find(transaction, call, added.Value.Id)!;
        if (prepared.PasswordHash is { } hash)
        {
            error ??= await reconciler.SetPasswordAsync(member.Member, hash);
        }
        else if (error is null && member.Member is { Home: true, Status: MembershipStatus.Active })
        {
            await Invitations.InviteAsync(transaction, member.Member.Id, options.Issuer);
        }

        return error is not null
            ? ScimAnswer.Of(error)
            : answers.Show(member, prepared.Projection, StatusCodes.Status201Created) with { Changes = UserAnswers.Differences([], prepared.Desired) };
    }

    private static async Task<Outcome<Membership>> AddAsync(HubTransaction transaction, ScimCall call, MemberProfiles.Profile profile, MemberFacts facts)
    {
        var taken = await NewMembers.TakeInAsync(transaction, new(call.AccountId, profile.UserName, profile.Attributes, facts.Role, facts.Level, facts.Active) { ExternalId = profile.ExternalId });
        return taken switch
        {
            NewMembers.TakeInResult.Added added => added.Membership,
            NewMembers.TakeInResult.UserNameInvalid => MemberReconciler.Explain(MemberProfiles.PutResult.UserNameInvalid, profile.UserName)!,
            NewMembers.TakeInResult.EmailInvalid => MemberReconciler.Explain(MemberProfiles.PutResult.EmailInvalid, profile.UserName)!,
            NewMembers.TakeInResult.TooLarge => MemberReconciler.Explain(MemberProfiles.PutResult.TooLarge, profile.UserName)!,
            _ => ScimError.Uniqueness($"The account has a User with the userName \"{profile.UserName}\" already."),
        };
    }
}
