using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace IdentityHub.Scim.Tests.Discovery;

/// <summary>Every request in docs/provisioning is sent, in its order, and answered as the page says. <c>{user}</c> and <c>{group}</c> are the ones that were made last.</summary>
public sealed partial class ProvisioningGuideTests
{
    [Theory]
    [InlineData("README.md", 12), InlineData("entra-id.md", 6), InlineData("okta.md", 6)]
    public async Task The_requests_of_a_page_are_answered_as_it_says(string page, int atLeast)
    {
        var hub = new DiscoveryHub();
        await hub.InitializeAsync();
        try
        {
            var blocks = Block().Matches(await File.ReadAllTextAsync(Path.Combine(Pages(), page)));
            Assert.True(blocks.Count >= atLeast, $"{page} has {blocks.Count} requests only.");
            var known = new Dictionary<string, string>();
            foreach (var block in blocks.Select(match => match.Groups))
            {
                string Fill(string text) => known.Aggregate(text, (filled, pair) => filled.Replace($"{{{pair.Key}}}", pair.Value, StringComparison.Ordinal));
                var path = Fill(block["path"].Value);
                var reply = await hub.SendAsync(block["method"].Value, path, body: block["body"].Success ? Fill(block["body"].Value) : null);
                Assert.True(block["status"].Value == $"{(int)reply.Status}", $"{page}: {block["method"]} {path}{block["body"]} was answered {(int)reply.Status} {reply.Json?.ToJsonString()}");
                Remember(known, path, reply);
            }
        }
        finally
        {
            await hub.DisposeAsync();
        }
    }

    private static void Remember(Dictionary<string, string> known, string path, ScimReply reply)
    {
        if ((int)reply.Status == 201)
        {
            known[path.StartsWith("/Users", StringComparison.Ordinal) ? "user" : "group"] = (string)reply.Body["id"]!;
        }

        if ((string?)reply.Json?["nextCursor"] is { } cursor)
        {
            known["cursor"] = cursor;
        }
    }

    private static string Pages([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "provisioning");

    [GeneratedRegex("""```http\n# (?<status>\d+)\n(?<method>[A-Z]+) (?<path>[^\n]+)\n(?:\n(?<body>.+?)\n)?```""", RegexOptions.Singleline)]
    private static partial Regex Block();
}
