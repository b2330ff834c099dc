using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Patch;
using IdentityHub.Scim.Protocol.Schema;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Users;

/// <summary>PUT and PATCH of /Users/{id} (RFC 7644 §3.5): what is desired comes of the request and of what is there; one reconciler brings it about.</summary>
internal sealed class ChangeUser(IHubStore store, ProvisioningWrites writes, UserAnswers answers, ProvisionedPassword passwords, ScimOptions options)
{
    /// <summary>What PUT keeps where a client does not speak of it: who provisions names need not know of seats, and must not take them away by silence.</summary>
    private static readonly string[] KeptUnlessNamed = ["active", "roles", "entitlements"];

    /// <summary>The same, of the account extension.</summary>
    private static readonly string[] KeptOfAccountUnlessNamed = ["role", "permissionLevel", "seats", "twoFactor"];

    /// <summary>How often a change is thought out anew because the member became another meanwhile.</summary>
    private const int MaxAttempts = 4;

    /// <summary>What a change may compare where it is thought out within the transaction: a millisecond's worth, for everybody else's writes wait for it.</summary>
    private const long MaxWorkInTransaction = 500_000;

    private const int MaxOperationsInTransaction = 50;

    public Task<ScimAnswer> PatchAsync(ScimCall call, string id, JsonObject body, ScimRequest request)
    {
        var patch = PatchRequest.Parse(body);
        var filters = FilterOptions.Default with { UnquotedLiterals = call.Settings.UnquotedLiterals };
        return patch.Failed
            ? writes.RefuseAsync(call, HttpMethods.Patch, "User", id, ScimAnswer.Of(patch.Error))
            : RunAsync(call, HttpMethods.Patch, id, request, new(
                current => PatchApplier.Apply(UserSchemas.User, current, patch.Value, filters),
                current => patch.Value.Operations.Length > MaxOperationsInTransaction
                    ? ElementChange.TooMuchWork
                    : PatchApplier.Apply(UserSchemas.User, current, patch.Value, filters, MaxWorkInTransaction),
                PlainPatch.Is(patch.Value)));
    }

    public Task<ScimAnswer> PutAsync(ScimCall call, string id, JsonObject body, ScimRequest request)
    {
        var desired = ResourceReader.Read(UserSchemas.User, body);
        return desired.Failed
            ? writes.RefuseAsync(call, HttpMethods.Put, "User", id, ScimAnswer.Of(desired.Error))
            : RunAsync(call, HttpMethods.Put, id, request, new(current => Complete(current, desired.Value, body), current => Complete(current, desired.Value, body)));
    }

    /// <summary>What a request wants of the member as they are.</summary>
    /// <param name="Of">Thought out at leisure.</param>
    /// <param name="InTransaction">The same, or <c>tooMany</c> where that could hold up the writes of everybody.</param>
    /// <param name="IsPlain">It is thought out in no time whoever the member is, and sets no password: the transaction does it all.</param>
    private sealed record Wish(Func<JsonObject, Outcome<JsonObject>> Of, Func<JsonObject, Outcome<JsonObject>> InTransaction, bool IsPlain = false);

    /// <summary>What is to become of a member as they were read.</summary>
    private sealed record Plan(string Version, JsonObject Current, JsonObject Desired);

    /// <summary>What is desired is thought out before the transaction, which then only makes sure that the member is still who that was thought out for.</summary>
    private async Task<ScimAnswer> RunAsync(ScimCall call, string method, string id, ScimRequest request, Wish wish)
    {
        var projection = Projection.Parse(UserSchemas.User, request.Attributes, request.ExcludedAttributes);
        if (projection.Failed)
        {
            return ScimAnswer.Of(projection.Error);
        }

        if (wish.IsPlain)
        {
            var done = await writes.RunAsync(call, method, "User", id, transaction =>
                WriteAsync(transaction, call, id, request, projection.Value, method, null, wish, null));
            if (!ReferenceEquals(done, ProvisioningWrites.Stale))
            {
                return done;
            }
        }

        ProvisionedPassword.Hashed? password = null;
        for (var attempt = 1; ; attempt++)
        {
            var plan = await PlanAsync(call, id, request, wish);
            if (plan.Failed)
            {
                return await writes.RefuseAsync(call, method, "User", id, ScimAnswer.Of(plan.Error));
            }

            // What a password is does not depend on what is there: it is hashed once.
            var hashed = password ?? await passwords.TakeAsync(plan.Value.Desired);
            if (hashed.Failed)
            {
                return await writes.RefuseAsync(call, method, "User", id, ScimAnswer.Of(hashed.Error));
            }

            password = hashed.Value;
            plan.Value.Desired.Remove("password");
            var isLast = attempt == MaxAttempts;
            var answer = await writes.RunAsync(call, method, "User", id, transaction =>
                WriteAsync(transaction, call, id, request, projection.Value, method, plan.Value, isLast ? wish : null, password.Hash));
            if (!ReferenceEquals(answer, ProvisioningWrites.Stale) || isLast)
            {
                return answer;
            }
        }
    }

    /// <summary>The member after the change, and what changed.</summary>
    private sealed record Changed(UserAnswers.Written After, string Names);

    private async Task<Outcome<Plan>> PlanAsync(ScimCall call, string id, ScimRequest request, Wish wish)
    {
        var before = await store.ReadAsync(reader => Task.FromResult(answers.Find(reader, call, id)));
        if (before is null)
        {
            return UserAnswers.NotFound;
        }

        if (!request.AllowsChangeOf(before.Version))
        {
            return UserAnswers.PreconditionFailed;
        }

        var current = before.Tree();
        var desired = wish.Of(current);
        return desired.Failed ? desired.Error : new Plan(before.Version, current, desired.Value);
    }

    /// <param name="transaction">The only place where it is decided who the member is, and whether <c>If-Match</c> holds.</param>
    /// <param name="call">Who.</param>
    /// <param name="id">Whom.</param>
    /// <param name="request">With what condition.</param>
    /// <param name="projection">What to answer with.</param>
    /// <param name="method">PUT or PATCH.</param>
    /// <param name="plan">Holds as long as the version does; null where nothing was thought out before.</param>
    /// <param name="wish">Where it is to be thought out here, if that is quick.</param>
    /// <param name="passwordHash">Null for none.</param>
    private async Task<ScimAnswer> WriteAsync(
        HubTransaction transaction, ScimCall call, string id, ScimRequest request, Projection projection, string method, Plan? plan, Wish? wish, string? passwordHash)
    {
        if (answers.Find(transaction, call, id) is not { } before)
        {
            return ScimAnswer.Of(UserAnswers.NotFound);
        }

        if (!request.AllowsChangeOf(before.Version))
        {
            return ScimAnswer.Of(UserAnswers.PreconditionFailed);
        }

        if (before.Version != plan?.Version)
        {
            var current = before.Tree();
            if (wish?.InTransaction(current) is not { } desired || desired.Error?.ScimType == "tooMany")
            {
                return ProvisioningWrites.Stale;
            }

            if (desired.Failed)
            {
                return ScimAnswer.Of(desired.Error);
            }

            desired.Value.Remove("password");
            plan = new(before.Version, current, desired.Value);
        }

        var changed = await ChangeAsync(transaction, call, before, plan, passwordHash);
        return changed.Failed ? ScimAnswer.Of(changed.Error) : Answer(call, method, changed.Value, projection);
    }

    private async Task<Outcome<Changed>> ChangeAsync(HubTransaction transaction, ScimCall call, UserAnswers.Written before, Plan plan, string? passwordHash)
    {
        var reconciler = new MemberReconciler(transaction, call);
        var error = await reconciler.ReconcileAsync(before.Member, plan.Current, plan.Desired);
        if (error is null && passwordHash is not null)
        {
            error = await reconciler.SetPasswordAsync(before.Member, passwordHash);
        }

        if (error is not null)
        {
            return error;
        }

        await transaction.SettleAsync();
        var after = answers.Find(transaction, call, before.Member.Id)!;
        if (after.Member is { Status: MembershipStatus.Active, Home: true }
            && (before.Member.Status == MembershipStatus.Inactive || IsReachedElsewhere(before.Member, after.Member)))
        {
            // Made ahead of the first day, deactivated before the invitation was used, or invited at a wrong address: who has no password yet is given the way to one.
            await Invitations.InviteAsync(transaction, after.Member.Id, options.Issuer);
        }

        return new Changed(after, (UserAnswers.Differences(plan.Current, after.Tree()) + (passwordHash is null ? "" : " password")).TrimStart());
    }

    private static bool IsReachedElsewhere(MemberRecord before, MemberRecord after) =>
        before.UserNameKey != after.UserNameKey || MainEmail(before) != MainEmail(after);

    private static string? MainEmail(MemberRecord member) => ProfileDocument.FactsOf(ProfileDocument.Parse(member.Attributes)).Email;

    private ScimAnswer Answer(ScimCall call, string method, Changed changed, Projection projection) =>
        method == HttpMethods.Patch && call.Settings.PatchAnswer == StatusCodes.Status204NoContent && projection.IsDefault
            ? ScimAnswer.NoContent with { Version = changed.After.Version, ResourceId = changed.After.Member.Id, Changes = changed.Names }
            : answers.Show(changed.After, projection) with { Changes = changed.Names };

    private static Outcome<JsonObject> Complete(JsonObject current, JsonObject desired, JsonObject body)
    {
        var complete = desired.DeepClone().AsObject();
        var named = NamedIn(body);
        Keep(complete, current, KeptUnlessNamed.Where(name => !named.Contains((null, name))));
        if (current[UserSchemas.AccountId] is JsonObject account)
        {
            var desiredAccount = complete[UserSchemas.AccountId] as JsonObject ?? [];
            Keep(desiredAccount, account, KeptOfAccountUnlessNamed.Where(name => !named.Contains((UserSchemas.AccountId, name))));
            complete[UserSchemas.AccountId] = desiredAccount.Parent is null ? desiredAccount : desiredAccount.DeepClone();
        }

        return complete;
    }

    private static void Keep(JsonObject to, JsonObject from, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (from[name] is { } kept)
            {
                to[name] = kept.DeepClone();
            }
        }
    }

    /// <summary>Which attributes a body speaks of, in whichever of the ways there are to write their names, whole or a part of them.</summary>
    private static HashSet<(string? Extension, string Name)> NamedIn(JsonObject body) =>
    [
        .. ResourceMembers.Of(UserSchemas.User, body).Select(member => member.Reference)
            .Where(reference => reference.Attribute is not null && reference.Sub is not { Mutability: Mutability.ReadOnly })
            .Select(reference => (reference.Extension?.Id, reference.Attribute!.Name)),
    ];
}
