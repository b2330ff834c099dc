using System.Text;
using System.Xml.Linq;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Keys;
using IdentityHub.Domain.Persistence;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace IdentityHub.IdP.Keys;

/// <summary>Keeps the framework's data protection key ring in the hub's database, sealed under its root key: it survives restarts and is the same on every node.</summary>
internal sealed class KeyRingRepository(IHubStore store) : IXmlRepository
{
    private const string Prefix = "data-protection:";

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var elements = store.ReadAsync(reader => HubSecrets.ReadAsync(reader, Prefix)).GetAwaiter().GetResult();
        return [.. elements.Select(bytes => XElement.Parse(Encoding.UTF8.GetString(bytes)))];
    }

    public void StoreElement(XElement element, string friendlyName) =>
        store.WriteAsync(
            new Actor.Hub("data protection"),
            async transaction =>
            {
                await HubSecrets.PutAsync(transaction, Prefix + friendlyName, Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting)));
                return true;
            }).GetAwaiter().GetResult();
}
