using IdentityHub.Domain.Persistence;
using IdentityHub.Scim.Pipeline;
using IdentityHub.Scim.Protocol;

namespace IdentityHub.Scim.Catalogue;

/// <summary>GET /Roles/{id} and /Entitlements/{id}.</summary>
internal sealed class GetCatalogueEntry(IHubStore store)
{
    public async Task<ScimAnswer> RunAsync(ScimCall call, CatalogueList list, string id, ScimRequest request)
    {
        var projection = Projection.Parse(list.Type, request.Attributes, request.ExcludedAttributes);
        if (projection.Failed)
        {
            return ScimAnswer.Of(projection.Error);
        }

        var entries = await store.ReadAsync(reader => Task.FromResult(list.All(reader, call.AccountId)));
        if (entries.FirstOrDefault(entry => entry.Id == id) is not { } found)
        {
            return ScimAnswer.Of(ScimError.NotFound($"This account has no {list.Type.Name} of that id."));
        }

        var answer = found.Resource.Answer(request);
        return answer.Body.IsEmpty ? answer : answer with { Body = CatalogueList.Body(found, projection.Value) };
    }
}
