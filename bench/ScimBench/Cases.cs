using IdentityHub.Bench.Protocol;

namespace IdentityHub.Bench.Scim;

/// <summary>One thing that is measured on every site.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Limit">What the machine allows in microseconds (house.md §3); null where nothing was measured.</param>
/// <param name="IsFlat">Whether it has to cost the same at a million as at a thousand.</param>
/// <param name="RunAsync">Runs it for a time, with a single connection where latencies are taken.</param>
internal sealed record Case(string Name, double? Limit, bool IsFlat, Func<Site, TimeSpan, ICollection<double>?, Task<(double Microseconds, int Count)>> RunAsync);

internal static class Cases
{
    /// <summary>Names that no run before had.</summary>
    private static readonly string Run = Convert.ToHexStringLower(Guid.CreateVersion7().ToByteArray(bigEndian: true).AsSpan(0, 8));

    private static int posted;
    private static int renamed;

    public static IReadOnlyList<Case> All { get; } =
    [
        new("POST, nothing mailed", 53, true, (site, duration, latencies) => Post(site, withMail: false, duration / 2, latencies)),
        new("GET by id", 28, true, (site, duration, latencies) => Sampled(site, user => Requests.Get($"/Users/{user.Id}"), duration, latencies)),
        new("userName eq", 26, true, (site, duration, latencies) => Sampled(site, user => Requests.Filter($"userName eq \"{Requests.UserName(user.Number)}\""), duration, latencies)),
        new("externalId eq", null, true, (site, duration, latencies) => Sampled(site, user => Requests.Filter($"externalId eq \"ext-{user.Number:0000000}\""), duration, latencies)),
        new("emails.value eq", null, true, (site, duration, latencies) => Sampled(site, user => Requests.Filter($"emails.value eq \"{Requests.UserName(user.Number)}\""), duration, latencies)),
        new("PATCH active, false and true in turn", 67, true, PatchActive),
        new("PATCH displayName", null, true, PatchName),
        new("list, page 1 by index", null, false, (site, duration, latencies) => Same(site, Requests.Get($"/Users?startIndex=1&count={Site.PageSize}"), duration, latencies)),
        new("list, page 1 by cursor", null, true, (site, duration, latencies) => Same(site, Requests.Get($"/Users?cursor&count={Site.PageSize}"), duration, latencies)),
        new("list, page 5,000 by index (the last where there are fewer)", null, false,
            (site, duration, latencies) => Same(site, Requests.Get($"/Users?startIndex={((site.FarPage - 1) * Site.PageSize) + 1}&count={Site.PageSize}"), duration, latencies)),
        new("list, page 5,000 by cursor (the last where there are fewer)", null, true,
            (site, duration, latencies) => Same(site, Requests.Get($"/Users?cursor={site.FarCursor}&count={Site.PageSize}"), duration, latencies)),
        new("group PATCH, one member more, excludedAttributes=members", null, true, (site, duration, latencies) => AddMember(site, "?excludedAttributes=members", duration, latencies)),
        new("group PATCH, one member more, default answer", null, false, (site, duration, latencies) => AddMember(site, "", duration, latencies)),
    ];

    /// <summary>POST of somebody who is invited by mail; measured apart, until every mail has been sent.</summary>
    public static Task<(double Microseconds, int Count)> PostAndMail(Site site, TimeSpan duration) => Post(site, withMail: true, duration, null);

    private static Task<(double Microseconds, int Count)> Same(Site site, byte[] request, TimeSpan duration, ICollection<double>? latencies) =>
        site.Load.RunAsync(_ => request, (_, answer) => Requests.Expect(answer, 200), duration, latencies);

    private static Task<(double Microseconds, int Count)> Sampled(Site site, Func<(int Number, string Id), byte[]> request, TimeSpan duration, ICollection<double>? latencies)
    {
        var requests = site.Sampled.Select(request).ToArray();
        var next = 0;
        return site.Load.RunAsync(
            _ => requests[(Interlocked.Increment(ref next) & int.MaxValue) % requests.Length],
            (_, answer) =>
            {
                if (!Requests.Expect(answer, 200).Body.Contains("\"userName\":\"user-", StringComparison.Ordinal))
                {
                    throw new InvalidOperationException("Nobody was found: " + answer.Body);
                }
            },
            duration, latencies);
    }

    private static Task<(double Microseconds, int Count)> Post(Site site, bool withMail, TimeSpan duration, ICollection<double>? latencies) => site.Load.RunAsync(
        _ => Requests.Post($"new-{Run}-{Interlocked.Increment(ref posted)}", withMail),
        (_, answer) =>
        {
            var id = Requests.Expect(answer, 201).Member("id");
            if (!withMail)
            {
                site.Posted.Enqueue(id);
            }
        },
        duration, latencies);

    /// <summary>Every connection takes members of its own, each in turn out and in again.</summary>
    private static Task<(double Microseconds, int Count)> PatchActive(Site site, TimeSpan duration, ICollection<double>? latencies)
    {
        var mine = new string?[Load.Connections];
        return site.Load.RunAsync(
            index =>
            {
                var former = mine[index];
                if (former is null)
                {
                    mine[index] = site.Posted.TryDequeue(out var id) ? id : throw new InvalidOperationException("There are too few members.");
                }

                return Requests.Patch($"/Users/{mine[index]}", "replace", "active", former is null ? "false" : "true");
            },
            (index, answer) =>
            {
                if (Requests.Expect(answer, 200).Body.Contains("\"active\":true", StringComparison.Ordinal))
                {
                    site.Posted.Enqueue(mine[index]!);
                    mine[index] = null;
                }
            },
            duration, latencies);
    }

    private static Task<(double Microseconds, int Count)> PatchName(Site site, TimeSpan duration, ICollection<double>? latencies) => site.Load.RunAsync(
        _ =>
        {
            var number = Interlocked.Increment(ref renamed);
            return Requests.Patch($"/Users/{site.Sampled[number % site.Sampled.Count].Id}", "replace", "displayName", $"\"Name {number}\"");
        },
        (_, answer) => Requests.Expect(answer, 200), duration, latencies);

    private static async Task<(double Microseconds, int Count)> AddMember(Site site, string query, TimeSpan duration, ICollection<double>? latencies)
    {
        var result = await site.Load.RunAsync(
            _ =>
            {
                if (!site.Posted.TryDequeue(out var id))
                {
                    return null;
                }

                site.Added.Enqueue(id);
                return Requests.Patch($"/Groups/{site.GroupId}{query}", "add", "members", $"[{{\"value\":\"{id}\"}}]");
            },
            (_, answer) => Requests.Expect(answer, 200), duration, latencies);
        foreach (var id in site.Added)
        {
            site.Posted.Enqueue(id);
        }

        await site.EmptyAsync();
        return result;
    }
}
