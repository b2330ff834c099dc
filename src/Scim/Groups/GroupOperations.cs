using System.Collections.Immutable;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Patch;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Scim.Users;
using Microsoft.AspNetCore.Http;
using Directory = IdentityHub.Domain.Accounts.Groups;

namespace IdentityHub.Scim.Groups;

/// <summary>POST, GET, PUT, PATCH and DELETE of /Groups (RFC 7644 §3). A group's members are never loaded to change them.</summary>
internal sealed class GroupOperations(IHubStore store, ProvisioningWrites writes, GroupAnswers answers)
{
    public async Task<ScimAnswer> GetAsync(ScimCall call, string id, ScimRequest request)
    {
        var projection = Projection.Parse(GroupSchema.Group, request.Attributes, request.ExcludedAttributes);
        return projection.Failed
            ? ScimAnswer.Of(projection.Error)
            : await store.ReadAsync(reader => Task.FromResult(GroupDirectory.Find(reader, call.AccountId, id) switch
            {
                null => ScimAnswer.Of(GroupAnswers.NotFound),
                var group when request.HasAlready(GroupAnswers.VersionOf(group)) => new ScimAnswer(StatusCodes.Status304NotModified) { Version = GroupAnswers.VersionOf(group) },
                var group => answers.Show(reader, group, projection.Value),
            }));
    }

    public async Task<ScimAnswer> PostAsync(ScimCall call, JsonObject body, ScimRequest request)
    {
        var read = Read(body);
        return read.Failed
            ? await writes.RefuseAsync(call, HttpMethods.Post, "Group", null, ScimAnswer.Of(read.Error))
            : await RunAsync(call, HttpMethods.Post, null, request, async (transaction, projection) =>
            {
                var (group, result) = await Directory.CreateAsync(transaction, call.AccountId, read.Value.DisplayName, read.Value.ExternalId);
                var error = group is null ? Explain(result, read.Value.DisplayName) : await AddAsync(transaction, call, group.Id, read.Value.Members);
                return error is not null
                    ? ScimAnswer.Of(error)
                    : await ShowAsync(transaction, call, group!.Id, projection, StatusCodes.Status201Created) with { Changes = "displayName members" };
            });
    }

    public async Task<ScimAnswer> PutAsync(ScimCall call, string id, JsonObject body, ScimRequest request)
    {
        var read = Read(body);
        return read.Failed
            ? await writes.RefuseAsync(call, HttpMethods.Put, "Group", id, ScimAnswer.Of(read.Error))
            : await ChangeAsync(call, HttpMethods.Put, id, request, StepsOf(read.Value));
    }

    public async Task<ScimAnswer> PatchAsync(ScimCall call, string id, JsonObject body, ScimRequest request)
    {
        var patch = PatchRequest.Parse(body);
        var options = FilterOptions.Default with { UnquotedLiterals = call.Settings.UnquotedLiterals };
        return patch.Failed
            ? await writes.RefuseAsync(call, HttpMethods.Patch, "Group", id, ScimAnswer.Of(patch.Error))
            : await ChangeAsync(call, HttpMethods.Patch, id, request, GroupPatch.Compile(patch.Value, id, options));
    }

    public Task<ScimAnswer> DeleteAsync(ScimCall call, string id, ScimRequest request) => writes.RunAsync(call, HttpMethods.Delete, "Group", id, async transaction =>
    {
        if (GroupDirectory.Find(transaction, call.AccountId, id) is not { } group)
        {
            return ScimAnswer.Of(GroupAnswers.NotFound);
        }

        if (!request.AllowsChangeOf(GroupAnswers.VersionOf(group)))
        {
            return ScimAnswer.Of(UserAnswers.PreconditionFailed);
        }

        await Directory.DeleteAsync(transaction, call.AccountId, id);
        return ScimAnswer.NoContent;
    });

    /// <summary>A group as it is to be, in POST and PUT.</summary>
    private sealed record Desired(string DisplayName, string? ExternalId, bool NamesMembers, ImmutableArray<string> Members);

    private static Outcome<Desired> Read(JsonObject body)
    {
        var named = ResourceMembers.Of(GroupSchema.Group, body).Where(member => ReferenceEquals(member.Reference.Attribute, GroupMembers.Attribute)).ToList();
        if (named.Any(member => member.Reference.Sub is not null))
        {
            return ScimError.InvalidValue("\"members\" has to be an array of members.");
        }

        var members = GroupMembers.Read(named.LastOrDefault().Value);
        if (members.Failed)
        {
            return members.Error;
        }

        var resource = ResourceReader.Read(GroupSchema.Group, body);
        return resource.Failed
            ? resource.Error
            : new Desired(resource.Value["displayName"]!.GetValue<string>(), resource.Value["externalId"]?.GetValue<string>(), named.Count > 0, members.Value.Ids);
    }

    /// <summary>PUT empties a group only where it says so: a client that does not speak of members does not mean "none".</summary>
    private static Outcome<GroupChange> StepsOf(Desired desired)
    {
        var steps = ImmutableArray.CreateBuilder<GroupStep>();
        steps.Add(new GroupStep.SetDisplayName(desired.DisplayName));
        steps.Add(new GroupStep.SetExternalId(desired.ExternalId));
        if (desired.NamesMembers)
        {
            steps.Add(desired.Members.IsEmpty ? new GroupStep.RemoveAllMembers() : new GroupStep.ReplaceMembers(desired.Members));
        }

        return new GroupChange(steps.ToImmutable());
    }

    private async Task<ScimAnswer> RunAsync(
        ScimCall call, string method, string? id, ScimRequest request, Func<HubTransaction, Projection, Task<ScimAnswer>> work)
    {
        var projection = Projection.Parse(GroupSchema.Group, request.Attributes, request.ExcludedAttributes);
        return projection.Failed
            ? ScimAnswer.Of(projection.Error)
            : await writes.RunAsync(call, method, "Group", id, transaction => work(transaction, projection.Value));
    }

    private Task<ScimAnswer> ChangeAsync(ScimCall call, string method, string id, ScimRequest request, Outcome<GroupChange> change) =>
        RunAsync(call, method, id, request, async (transaction, projection) =>
        {
            if (GroupDirectory.Find(transaction, call.AccountId, id) is not { } group)
            {
                return ScimAnswer.Of(GroupAnswers.NotFound);
            }

            if (!request.AllowsChangeOf(GroupAnswers.VersionOf(group)))
            {
                return ScimAnswer.Of(UserAnswers.PreconditionFailed);
            }

            if (change.Failed)
            {
                return ScimAnswer.Of(change.Error);
            }

            if (await new GroupSteps(transaction, call, group).RunAsync(change.Value) is { } error)
            {
                return ScimAnswer.Of(error);
            }

            if (call.Settings.PatchAnswer == StatusCodes.Status204NoContent && method == HttpMethods.Patch && projection.IsDefault)
            {
                await transaction.SettleAsync();
                var version = GroupAnswers.VersionOf(GroupDirectory.Find(transaction, call.AccountId, id)!);
                return ScimAnswer.NoContent with { Version = version, ResourceId = id, Changes = Describe(change.Value) };
            }

            var withMembers = method == HttpMethods.Put
                || (GroupAnswers.ShowsMembers(projection) && !GroupDirectory.HasMoreMembersThan(transaction, id, GroupAnswers.MaxMembersInPatchAnswer));
            return await ShowAsync(transaction, call, id, projection, StatusCodes.Status200OK, withMembers) with { Changes = Describe(change.Value) };
        });

    private async Task<ScimAnswer> ShowAsync(HubTransaction transaction, ScimCall call, string id, Projection projection, int status, bool withMembers = true)
    {
        await transaction.SettleAsync();
        return answers.Show(transaction, GroupDirectory.Find(transaction, call.AccountId, id)!, projection, status, withMembers);
    }

    private static Task<ScimError?> AddAsync(HubTransaction transaction, ScimCall call, string groupId, ImmutableArray<string> members) =>
        GroupSteps.AddAsync(transaction, call, groupId, members);

    private static string Describe(GroupChange change) => string.Join(' ', change.Steps.Select(step => step switch
    {
        GroupStep.SetDisplayName => "displayName",
        GroupStep.SetExternalId => "externalId",
        _ => "members",
    }).Distinct());

    public static ScimError? Explain(Directory.PutResult result, string name) => result switch
    {
        Directory.PutResult.NameTaken => ScimError.Uniqueness($"The account has a Group with the displayName \"{name}\" already."),
        Directory.PutResult.NameInvalid => ScimError.InvalidValue("The displayName is empty, longer than 256 characters, or has characters that no name has."),
        Directory.PutResult.NoSuchGroup => GroupAnswers.NotFound,
        _ => null,
    };
}
