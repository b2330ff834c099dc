using System.Data.Common;
using System.Text.Json.Nodes;
using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Groups;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;
using IdentityHub.Scim.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdentityHub.Scim.Bulk;

/// <summary>Runs an operation of a Bulk request as the endpoint that its path names: the same rules, the same transaction, the same line in the log.</summary>
internal sealed partial class BulkDispatch(PostUser postUser, ChangeUser changeUser, DeleteUser deleteUser, GroupOperations groups, ILogger<BulkDispatch> logger)
{
    private static readonly ScimError Unavailable = new(
        StatusCodes.Status503ServiceUnavailable, null, "The directory could not be reached just then. This operation changed nothing; send it again in a moment.");

    private static readonly ScimError Broken = new(StatusCodes.Status500InternalServerError, null, "Something went wrong here. This operation changed nothing.");

    /// <param name="call">Who.</param>
    /// <param name="operation">One without an error.</param>
    /// <param name="id">The resource's id; null for a new one.</param>
    /// <param name="data">Without references.</param>
    public Task<ScimAnswer> RunAsync(ScimCall call, BulkOperation operation, string? id, JsonObject? data)
    {
        var request = RequestOf(call, operation);
        return (operation.Method, operation.Path!.IsGroup) switch
        {
            ("POST", false) => postUser.RunAsync(call, data!, request),
            ("PUT", false) => changeUser.PutAsync(call, id!, data!, request),
            ("PATCH", false) => changeUser.PatchAsync(call, id!, data!, request),
            ("DELETE", false) => deleteUser.RunAsync(call, id!, request),
            ("POST", true) => groups.PostAsync(call, data!, request),
            ("PUT", true) => groups.PutAsync(call, id!, data!, request),
            ("PATCH", true) => groups.PatchAsync(call, id!, data!, request),
            _ => groups.DeleteAsync(call, id!, request),
        };
    }

    /// <summary>What an operation came to when it did not come to an answer. The others were answered, and their answers must not be lost with it.</summary>
    public ScimAnswer Explain(Exception fault)
    {
        if (fault is StoreBusyException or StoreFailedException or DbException or { InnerException: DbException })
        {
            return ScimAnswer.Of(Unavailable);
        }

        Failed(logger, fault);
        return ScimAnswer.Of(Broken);
    }

    /// <summary>Nobody sees a group's members in the answer: they are not read for it.</summary>
    private static ScimRequest RequestOf(ScimCall call, BulkOperation operation) => new()
    {
        IfMatch = operation is { IsPost: false, Version.Length: > 0 } ? operation.Version : default(string),
        ExcludedAttributes = operation.Path!.IsGroup && !AnswersNothing(call, operation) ? "members" : null,
    };

    /// <summary>An account that wants 204 of PATCH gets it as long as no attributes are asked for.</summary>
    private static bool AnswersNothing(ScimCall call, BulkOperation operation) => operation.Method == HttpMethods.Patch && call.Settings.PatchAnswer == StatusCodes.Status204NoContent;

    [LoggerMessage(1, LogLevel.Error, "An operation of a Bulk request failed unexpectedly")]
    private static partial void Failed(ILogger logger, Exception fault);
}
