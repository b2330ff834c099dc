using System.Text.Json.Nodes;
using IdentityHub.Scim.Pipeline;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.Scim.Bulk;

/// <summary>
/// POST /Bulk (RFC 7644 §3.7): many operations in one request. Each is whole or nothing by itself; that one fails is no matter to the others,
/// unless the client says so or they refer to it.
/// </summary>
internal sealed class PostBulk(BulkDispatch dispatch, CircularUsers circular, ProvisioningWrites writes, RequestLimits limits, ScimOptions options)
{
    public async Task<ScimAnswer> RunAsync(ScimCall call, JsonObject body)
    {
        var request = BulkRequest.Parse(body, options);
        if (request.Failed)
        {
            return await writes.RefuseAsync(call, HttpMethods.Post, "Bulk", null, ScimAnswer.Of(request.Error));
        }

        // The request itself has been counted already.
        var operations = request.Value.Operations;
        if (limits.Refuse(call.CallerId, operations.Length - 1) is { } seconds)
        {
            return ScimAnswer.TooManyRequests(seconds);
        }

        var run = new BulkRun(call, request.Value, dispatch, circular, writes);
        var answers = await run.RunAsync();
        using var response = new BulkResponse();
        for (var i = 0; i < operations.Length; i++)
        {
            if (answers[i] is { } answer)
            {
                response.Add(operations[i], answer, answer.Location ?? AddressOf(operations[i], run.TargetOf(operations[i])));
            }
        }

        return response.Finish();
    }

    private string? AddressOf(BulkOperation operation, string? id) => id is null || operation.IsPost ? null : BulkPath.AddressOf(options.BaseAddress, operation.Path!.IsGroup, id);
}
