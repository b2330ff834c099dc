using System.Collections.Immutable;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Protocol.Schema;
using IdentityHub.Scim.Users;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Bulk;

/// <summary>
/// Makes users who refer to each other, or to themselves, as managers (RFC 7644 §3.7.1): first each without a manager, then the managers, all in one transaction.
/// Either all of them are there and whole, or none is.
/// </summary>
internal sealed class CircularUsers(PostUser post, ProvisioningWrites writes, UserAnswers answers)
{
    /// <param name="call">Who.</param>
    /// <param name="circle">POSTs of Users.</param>
    /// <param name="idOf">The ids of what else the request made.</param>
    /// <returns>An answer for each. When one is refused all are, the others for its sake.</returns>
    public async Task<IReadOnlyList<ScimAnswer>> CreateAsync(ScimCall call, ImmutableArray<BulkOperation> circle, Func<string, string?> idOf)
    {
        var prepared = new PostUser.Prepared[circle.Length];
        for (var i = 0; i < circle.Length; i++)
        {
            var one = await post.PrepareAsync(BulkReferences.Resolve(circle[i].Data!, circle[i].Method!, _ => null), ScimRequest.Empty);
            if (one.Failed)
            {
                return await writes.RefuseAllAsync(call, HttpMethods.Post, "User", Refused(circle, i, ScimAnswer.Of(one.Error)));
            }

            prepared[i] = one.Value;
        }

        return await writes.RunAllAsync(call, HttpMethods.Post, "User", transaction => RunAsync(transaction, call, circle, prepared, idOf));
    }

    /// <summary>The answers when one of a circle is refused.</summary>
    public static IReadOnlyList<ScimAnswer> Refused(ImmutableArray<BulkOperation> circle, int which, ScimAnswer refusal) =>
        [.. circle.Select((_, i) => i == which ? refusal : ScimAnswer.Of(ReferenceFailed(circle[which].BulkId!)))];

    public static ScimError ReferenceFailed(string bulkId) =>
        ScimError.Conflict($"The operation with the bulkId \"{bulkId}\" failed. This one refers to what it would have made, and so was not done.");

    private async Task<IReadOnlyList<ScimAnswer>> RunAsync(
        HubTransaction transaction, ScimCall call, ImmutableArray<BulkOperation> circle, PostUser.Prepared[] prepared, Func<string, string?> idOf)
    {
        var done = new ScimAnswer[circle.Length];
        var made = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < circle.Length; i++)
        {
            done[i] = await post.CreateAsync(transaction, call, prepared[i]);
            if (done[i].Error is not null)
            {
                return Refused(circle, i, done[i]);
            }

            made[circle[i].BulkId!] = done[i].ResourceId!;
        }

        for (var i = 0; i < circle.Length; i++)
        {
            var whole = BulkReferences.Resolve(circle[i].Data!, circle[i].Method!, bulkId => made.GetValueOrDefault(bulkId) ?? idOf(bulkId));
            done[i] = await CompleteAsync(transaction, call, done[i].ResourceId!, whole);
            if (done[i].Error is not null)
            {
                return Refused(circle, i, done[i]);
            }
        }

        return done;
    }

    private async Task<ScimAnswer> CompleteAsync(HubTransaction transaction, ScimCall call, string id, JsonObject whole)
    {
        var desired = ResourceReader.Read(UserSchemas.User, whole);
        if (desired.Failed)
        {
            return ScimAnswer.Of(desired.Error);
        }

        var profile = ProfileReading.Of(desired.Value);
        var error = ProfileReading.CheckManager(transaction, call, profile)
            ?? MemberReconciler.Explain(await MemberProfiles.PutAsync(transaction, id, profile), profile.UserName);
        if (error is not null)
        {
            return ScimAnswer.Of(error);
        }

        await transaction.SettleAsync();
        var projection = Projection.Parse(UserSchemas.User, ScimRequest.Empty.Attributes, ScimRequest.Empty.ExcludedAttributes).Value!;
        return answers.Show(answers.Find(transaction, call, id)!, projection, StatusCodes.Status201Created) with { Changes = UserAnswers.Differences([], desired.Value) };
    }
}
