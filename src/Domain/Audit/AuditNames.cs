using System.Text;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityHub.Domain.Audit;

/// <summary>Who is who on one page of the audit, and the keys that open what it says of them: read in as many queries for one entry as for a thousand.</summary>
internal sealed class AuditNames
{
    private const string Erased = "a deleted user";

    private readonly Dictionary<string, AuditPerson> people = new(StringComparer.Ordinal);
    private bool isOfHub;
    private Dictionary<string, string> tokens = [];
    private Dictionary<string, string> clients = [];
    private Dictionary<string, string> applications = [];
    private IReadOnlyDictionary<string, byte[]> keys = new Dictionary<string, byte[]>();

    /// <param name="reader">Where to read.</param>
    /// <param name="accountId">Whose members may be named; null: everybody.</param>
    /// <param name="entries">The page.</param>
    public static async Task<AuditNames> ReadAsync(HubReader reader, string? accountId, IReadOnlyList<AuditEntry> entries)
    {
        var names = new AuditNames { isOfHub = accountId is null };
        var userIds = entries.Where(entry => entry.ActorKind == Actor.PersonKind).Select(entry => entry.ActorId).Concat(entries.Select(entry => entry.SubjectUserId))
            .OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        await names.ReadPeopleAsync(reader, accountId, userIds);
        names.keys = await UserSealing.KeysOfAsync(reader, userIds);
        var others = entries.Where(entry => entry.ActorKind != Actor.PersonKind).Select(entry => entry.ActorId).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (others.Count > 0)
        {
            names.tokens = await reader.Db.ProvisioningTokens.Where(row => others.Contains(row.Id)).ToDictionaryAsync(row => row.Id, row => row.Name);
            names.clients = await reader.Db.Clients.Where(row => others.Contains(row.Id)).ToDictionaryAsync(row => row.Id, row => row.Name ?? row.Id);
        }

        names.applications = await reader.Db.Applications.ToDictionaryAsync(row => row.Id, row => row.Name);
        return names;
    }

    /// <remarks>An account reads from where its own members act. From where an operator or a stranger does is theirs, as their name is.</remarks>
    public AuditLine Line(HubReader reader, AuditEntry entry)
    {
        var details = Details(reader, entry);
        var subject = SubjectOf(entry);
        var actor = ActorOf(entry);
        return new()
        {
            Sequence = entry.Sequence,
            At = entry.At,
            Action = entry.Action,
            Family = AuditSentences.FamilyOf(entry.Action),
            AccountId = entry.AccountId,
            Actor = actor,
            Subject = subject,
            From = isOfHub || actor.MembershipId is not null ? Origin(entry) : null,
            Details = details,
            IsErased = entry.Digests is not null && subject is { Name: Erased },
            Sentence = AuditSentences.Of(entry.Action, details, subject?.Name, IsOwn(entry)),
            Hash = entry.Hash is { } hash ? Convert.ToHexStringLower(hash) : null,
        };
    }

    private async Task ReadPeopleAsync(HubReader reader, string? accountId, List<string> userIds)
    {
        var rows = await (
            from user in reader.Db.Users.AsNoTracking()
            where userIds.Contains(user.Id)
            join member in reader.Db.Memberships.Where(row => row.AccountId == accountId) on user.Id equals member.UserId into members
            from member in members.DefaultIfEmpty()
            select new { user.Id, user.UserName, user.GivenName, user.FamilyName, user.Operator, Member = member == null ? null : new { member.Id, member.Home, member.Attributes } })
            .ToListAsync();
        foreach (var row in rows)
        {
            // An account knows its own members. Who belongs to another, or to it no more, is none of its business.
            people[row.Id] = row switch
            {
                { Member: { } member } => new(MemberNames.Of(member.Home, row.UserName, row.GivenName, row.FamilyName, member.Attributes), member.Id),
                _ when accountId is null => new(User.NameOf(row.UserName, row.GivenName, row.FamilyName), null),
                { Operator: true } => new("an operator of the hub", null),
                _ => new("someone who is not in this account", null),
            };
        }
    }

    private AuditPerson ActorOf(AuditEntry entry) => entry.ActorKind switch
    {
        Actor.PersonKind => PersonOf(entry.ActorId),
        "provisioning" => new($"Provisioning ({(entry.ActorId is { } id ? tokens.GetValueOrDefault(id) ?? clients.GetValueOrDefault(id) ?? id : "?")})", null),
        "client" => new($"The app {(entry.ActorId is { } id ? clients.GetValueOrDefault(id, id) : "?")}", null),
        _ => new(entry.ActorId is { } reason ? $"The hub ({reason})" : "The hub", null),
    };

    private AuditPerson? SubjectOf(AuditEntry entry) =>
        entry.SubjectUserId is not null ? PersonOf(entry.SubjectUserId) : AuditChain.HadSubject(entry) ? new(Erased, null) : null;

    private AuditPerson PersonOf(string? userId) => userId is not null && people.TryGetValue(userId, out var person) ? person : new(Erased, null);

    /// <summary>People sign in, and change their passwords, themselves.</summary>
    private static bool IsOwn(AuditEntry entry) => entry.ActorKind == Actor.PersonKind && entry.ActorId is not null && entry.ActorId == entry.SubjectUserId;

    private AuditDetails Details(HubReader reader, AuditEntry entry)
    {
        if (entry.SealedDetails is not { } sealedDetails)
        {
            return AuditDetails.None;
        }

        var json = entry.SubjectUserId is null ? reader.Sealer.Open("audit", entry.Action, sealedDetails)
            : keys.TryGetValue(entry.SubjectUserId, out var key) ? UserSealing.Open(key, AuditLog.DetailsPlace(entry.Action), sealedDetails)
            : null;
        if (json is null)
        {
            return AuditDetails.None;
        }

        var details = AuditDetails.Read(json);
        return details.Facts.TryGetValue("application", out var id) && id is not null && applications.TryGetValue(id, out var name)
            ? details with { Facts = new Dictionary<string, string?>(details.Facts, StringComparer.Ordinal) { ["application"] = name } }
            : details;
    }

    private string? Origin(AuditEntry entry) =>
        entry is { SealedOrigin: { } sealedOrigin, ActorId: { } actorId } && keys.TryGetValue(actorId, out var key)
        && UserSealing.Open(key, AuditLog.OriginPlace(entry.Action), sealedOrigin) is { } from
            ? Encoding.UTF8.GetString(from)
            : null;
}
