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

    public Task<ScimAnswer> PatchAsync(ScimCall call, string id, JsonObject body, ScimRequest request)
    {
        var patch = PatchRequest.Parse(body);
        var filters = FilterOptions.Default with { UnquotedLiterals = call.Settings.UnquotedLiterals };
        return patch.Failed
            ? writes.RefuseAsync(call, HttpMethods.Patch, "User", id, ScimAnswer.Of(patch.Error))
            : RunAsync(call, HttpMethods.Patch, id, request, current => PatchApplier.Apply(UserSchemas.User, current, patch.Value, filters));
    }

    public Task<ScimAnswer> PutAsync(ScimCall call, string id, JsonObject body, ScimRequest request)
    {
        var desired = ResourceReader.Read(UserSchemas.User, body);
        return desired.Failed
            ? writes.RefuseAsync(call, HttpMethods.Put, "User", id, ScimAnswer.Of(desired.Error))
            : RunAsync(call, HttpMethods.Put, id, request, current => Complete(current, desired.Value, body));
    }

    private async Task<ScimAnswer> RunAsync(ScimCall call, string method, string id, ScimRequest request, Func<JsonObject, Outcome<JsonObject>> desire)
    {
        var projection = Projection.Parse(UserSchemas.User, request.Attributes, request.ExcludedAttributes);
        if (projection.Failed)
        {
            return ScimAnswer.Of(projection.Error);
        }

        var password = await HashPasswordAsync(call, id, desire);
        if (password.Failed)
        {
            return await writes.RefuseAsync(call, method, "User", id, ScimAnswer.Of(password.Error));
        }

        return await writes.RunAsync(call, method, "User", id, async transaction =>
        {
            if (answers.Find(transaction, call, id) is not { } before)
            {
                return ScimAnswer.Of(UserAnswers.NotFound);
            }

            return request.AllowsChangeOf(before.Version)
                ? await ChangeAsync(transaction, call, before, desire, password.Value.Hash) is var changed && changed.Failed
                    ? ScimAnswer.Of(changed.Error)
                    : Answer(call, method, changed.Value, projection.Value)
                : ScimAnswer.Of(UserAnswers.PreconditionFailed);
        });
    }

    /// <summary>The member after the change, and what changed.</summary>
    private sealed record Changed(UserAnswers.Written After, string Names);

    private async Task<Outcome<Changed>> ChangeAsync(
        HubTransaction transaction, ScimCall call, UserAnswers.Written before, Func<JsonObject, Outcome<JsonObject>> desire, string? passwordHash)
    {
        var current = before.Tree();
        var desired = desire(current);
        if (desired.Failed)
        {
            return desired.Error;
        }

        var reconciler = new MemberReconciler(transaction, call);
        var error = await reconciler.ReconcileAsync(before.Member, current, desired.Value);
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

        return new Changed(after, (UserAnswers.Differences(current, after.Tree()) + (passwordHash is null ? "" : " password")).TrimStart());
    }

    private static bool IsReachedElsewhere(MemberRecord before, MemberRecord after) =>
        before.UserNameKey != after.UserNameKey || MainEmail(before) != MainEmail(after);

    private static string? MainEmail(MemberRecord member) => ProfileDocument.FactsOf(ProfileDocument.Parse(member.Attributes)).Email;

    private ScimAnswer Answer(ScimCall call, string method, Changed changed, Projection projection) =>
        method == HttpMethods.Patch && call.Settings.PatchAnswer == StatusCodes.Status204NoContent && projection.IsDefault
            ? ScimAnswer.NoContent with { Version = changed.After.Version, ResourceId = changed.After.Member.Id, Changes = changed.Names }
            : answers.Show(changed.After, projection) with { Changes = changed.Names };

    /// <summary>A password is hashed before the transaction. What it is does not depend on what is there.</summary>
    private async Task<Outcome<ProvisionedPassword.Hashed>> HashPasswordAsync(ScimCall call, string id, Func<JsonObject, Outcome<JsonObject>> desire)
    {
        var probe = desire([]);
        if (!probe.Failed && !probe.Value.ContainsKey("password"))
        {
            return ProvisionedPassword.Hashed.None;
        }

        var before = await store.ReadAsync(reader => Task.FromResult(answers.Find(reader, call, id)));
        var desired = before is null ? probe : desire(before.Tree());
        return desired.Failed ? ProvisionedPassword.Hashed.None : await passwords.TakeAsync(desired.Value);
    }

    private static Outcome<JsonObject> Complete(JsonObject current, JsonObject desired, JsonObject body)
    {
        var complete = desired.DeepClone().AsObject();
        Keep(complete, current, KeptUnlessNamed.Where(name => !body.ContainsKey(name)));
        if (current[UserSchemas.AccountId] is JsonObject account)
        {
            var desiredAccount = complete[UserSchemas.AccountId] as JsonObject ?? [];
            Keep(desiredAccount, account, KeptOfAccountUnlessNamed.Where(name => !NamesOfAccount(body, name)));
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

    /// <summary>Within the extension or beside it, whole or a part of it: <c>"urn:…:User:twoFactor.required"</c>.</summary>
    private static bool NamesOfAccount(JsonObject body, string name) =>
        (body[UserSchemas.AccountId] is JsonObject extension && extension.Any(member => Begins(member.Key, name)))
        || body.Any(member => Begins(member.Key, $"{UserSchemas.AccountId}:{name}"));

    private static bool Begins(string given, string name) =>
        given.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (given.Length == name.Length || given[name.Length] == '.');
}
