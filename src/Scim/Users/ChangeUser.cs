using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
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
    private static readonly string[] KeptUnlessNamed = ["active", "roles", "entitlements", UserSchemas.AccountId];

    public Task<ScimAnswer> PatchAsync(ScimCall call, string id, JsonObject body, ScimRequest request)
    {
        var patch = PatchRequest.Parse(body);
        var tolerances = FilterOptions.Default with { UnquotedLiterals = call.Settings.UnquotedLiterals };
        return patch.Failed
            ? writes.RefuseAsync(call, HttpMethods.Patch, "User", id, ScimAnswer.Of(patch.Error))
            : RunAsync(call, HttpMethods.Patch, id, request, current => PatchApplier.Apply(UserSchemas.User, current, patch.Value, tolerances));
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
                ? await ChangeAsync(transaction, call, before, desire, password.Value.Hash, projection.Value)
                : ScimAnswer.Of(UserAnswers.PreconditionFailed);
        });
    }

    private async Task<ScimAnswer> ChangeAsync(
        HubTransaction transaction, ScimCall call, UserAnswers.Written before, Func<JsonObject, Outcome<JsonObject>> desire, string? passwordHash, Projection projection)
    {
        var current = before.Tree();
        var desired = desire(current);
        if (desired.Failed)
        {
            return ScimAnswer.Of(desired.Error);
        }

        var reconciler = new MemberReconciler(transaction, call);
        var error = await reconciler.ReconcileAsync(before.Member, current, desired.Value);
        if (error is null && passwordHash is not null)
        {
            error = await reconciler.SetPasswordAsync(before.Member, passwordHash);
        }

        if (error is not null)
        {
            return ScimAnswer.Of(error);
        }

        await transaction.SettleAsync();
        if (before.Member is { Home: true, Status: MembershipStatus.Inactive })
        {
            // Let in for the first time, or again: who has no password yet needs a way to one. Everybody else is left alone.
            await Invitations.InviteAsync(transaction, before.Member.Id, options.Issuer);
            await transaction.SettleAsync();
        }

        var after = answers.Find(transaction, call, before.Member.Id)!;
        var changes = UserAnswers.Differences(current, after.Tree()) + (passwordHash is null ? "" : " password");
        return call.Settings.PatchAnswer == StatusCodes.Status204NoContent && projection.IsDefault
            ? ScimAnswer.NoContent with { Version = after.Version, ResourceId = after.Member.Id, Changes = changes }
            : answers.Show(after, projection) with { Changes = changes };
    }

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
        foreach (var name in KeptUnlessNamed)
        {
            if (!body.ContainsKey(name) && current[name] is { } kept)
            {
                complete[name] = kept.DeepClone();
            }
        }

        return complete;
    }
}
