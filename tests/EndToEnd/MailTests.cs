using System.Diagnostics;
using System.Globalization;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Notices;
using IdentityHub.Domain.Users;
using IdentityHub.EndToEnd.Tests.Fixtures;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Xunit;

namespace IdentityHub.EndToEnd.Tests;

/// <summary>Mail over a real mail server that is there, down, slow, refusing, and back again: each mail once, and nobody waits for it.</summary>
[Trait("Speed", "slow")]
public sealed class MailTests : IAsyncLifetime
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(2);

    private readonly MailServer server = new();
    private RunningHub hub = null!;

    public async Task InitializeAsync() => hub = await RunningHub.StartAsync(
        SampleDirectory.Json,
        ["--Hub:Mail:Mode", "Smtp", "--Hub:Mail:Smtp:Host", "127.0.0.1", "--Hub:Mail:Smtp:Port", $"{server.Port}", "--Hub:Mail:Smtp:Security", "None", "--Hub:Mail:Smtp:From", "Hub <no-reply@hub.example>"]);

    public async Task DisposeAsync()
    {
        await hub.DisposeAsync();
        await server.DisposeAsync();
    }

    private static string[] Addresses(int count, string domain) => [.. Enumerable.Range(0, count).Select(number => $"user{number}@{domain}")];

    /// <summary>Queues a mail to each address in a change of its own. Fails when a change waits for mail.</summary>
    private async Task QueueAsync(params string[] addresses)
    {
        foreach (var address in addresses)
        {
            var watch = Stopwatch.StartNew();
            await hub.WriteAsync(async transaction =>
            {
                await Notices.QueueAsync(transaction, null, MailTemplates.SignInCode, new Dictionary<string, string> { ["code"] = "123456", ["app"] = "an app", ["time"] = "now", ["device"] = "a browser", ["network"] = "a network" }, address);
                return true;
            });
            Assert.True(watch.Elapsed < AtOnce, $"A change took {watch.Elapsed}.");
        }
    }

    /// <summary>Waits until the condition holds, with the hub's clock going on a second at each look where it is to.</summary>
    private async Task UntilAsync(Func<bool> condition, bool clockGoesOn = false, int seconds = 30)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(seconds), $"It did not come to that. In the outbox: {string.Join("; ", Outbox())}; taken: {string.Join(", ", server.Mails.Select(mail => mail.To[0]))}");
            if (clockGoesOn)
            {
                hub.Time.Advance(TimeSpan.FromSeconds(1));
            }

            await Task.Delay(25);
        }
    }

    private string[] Outbox()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(hub.DataDirectory, "hub.db")};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT CASE WHEN "DeliveredAt" IS NOT NULL THEN 'delivered' WHEN "DeadAt" IS NOT NULL THEN 'dead' ELSE 'waiting' END, "LastError", "SealedPayload" IS NULL
            FROM "Outbox" WHERE "Kind" = 'mail' ORDER BY "Sequence"
            """;
        using var row = command.ExecuteReader();
        var rows = new List<string>();
        while (row.Read())
        {
            rows.Add(string.Create(CultureInfo.InvariantCulture, $"{row.GetString(0)}{(row.IsDBNull(1) ? "" : ": " + row.GetString(1))}{(row.GetBoolean(2) ? "" : " (kept)")}"));
        }

        return [.. rows];
    }

    private int Delivered => Outbox().Count(row => row.StartsWith("delivered", StringComparison.Ordinal));

    private void AssertEachOnce(IEnumerable<string> addresses) => Assert.Equal(addresses.Order(StringComparer.Ordinal), server.Mails.Select(mail => mail.To.Single()).Order(StringComparer.Ordinal));

    [Fact]
    public async Task What_a_change_has_told_arrives_as_text_and_HTML()
    {
        await server.StartAsync();
        var sam = (await hub.ReadAsync(reader => Users.FindByNameAsync(reader, SampleDirectory.Sam)))!;
        await hub.WriteAsync(async transaction => await UserLifecycle.DeactivateAsync(transaction, (await Memberships.OfUserAsync(transaction, sam.Id)).Single().Id));
        await UntilAsync(() => Delivered == 2);
        AssertEachOnce([SampleDirectory.Sam, SampleDirectory.Pat]);
        var mail = server.Mails.Single(one => one.To[0] == SampleDirectory.Sam);
        Assert.Equal(("no-reply@hub.example", "Your access to Northside School District was deactivated"), (mail.From, mail.Subject));
        Assert.Contains("\r\nFrom: \"Hub\" <no-reply@hub.example>\r\n", mail.Message, StringComparison.Ordinal);
        Assert.Contains("\r\nAuto-Submitted: auto-generated\r\n", mail.Message, StringComparison.Ordinal);
        Assert.Matches("\r\nContent-Type: text/plain; charset=utf-8\r\n", mail.Message);
        Assert.Matches("\r\nContent-Type: text/html; charset=utf-8\r\n", mail.Message);
        Assert.All(Outbox(), row => Assert.Equal("delivered", row));
    }

    [Fact]
    public async Task While_the_server_is_down_everything_goes_on_and_all_arrives_once_when_it_is_back()
    {
        var addresses = Addresses(12, "north.example");
        await QueueAsync(addresses);
        using var browser = hub.NewBrowser();
        var watch = Stopwatch.StartNew();
        Assert.True((await SampleDirectory.Portal(hub).SignInAsync(browser, SampleDirectory.Sam, SampleDirectory.Password)).ContainsKey("code"));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await UntilAsync(() => Outbox().All(row => row.StartsWith("waiting: ", StringComparison.Ordinal) && row.EndsWith(" (kept)", StringComparison.Ordinal)), clockGoesOn: true);
        Assert.DoesNotContain(Outbox(), row => row.Contains("north.example", StringComparison.Ordinal));

        await server.StartAsync();
        hub.Time.Advance(TimeSpan.FromHours(2));
        await UntilAsync(() => Delivered == addresses.Length, clockGoesOn: true);
        AssertEachOnce(addresses);
    }

    [Fact]
    public async Task A_slow_server_holds_up_no_change_and_no_other_destination()
    {
        await server.StartAsync();
        server.Behave("slow 1 slow.example");
        await QueueAsync(Addresses(4, "slow.example"));
        await QueueAsync(Addresses(10, "quick.example"));
        await UntilAsync(() => server.Mails.Count(mail => mail.To[0].EndsWith("@quick.example", StringComparison.Ordinal)) == 10);
        Assert.InRange(server.Mails.Count(mail => mail.To[0].EndsWith("@slow.example", StringComparison.Ordinal)), 0, 3);
        await UntilAsync(() => Delivered == 14);
        AssertEachOnce([.. Addresses(4, "slow.example"), .. Addresses(10, "quick.example")]);
    }

    [Theory, InlineData("later-rcpt"), InlineData("later-data")]
    public async Task What_is_refused_for_now_is_tried_again_and_taken_once(string mode)
    {
        await server.StartAsync();
        server.Behave(mode);
        var addresses = Addresses(5, "north.example");
        await QueueAsync(addresses);
        await UntilAsync(() => addresses.All(address => server.AttemptsAt(address) >= 2), clockGoesOn: true);
        Assert.Empty(server.Mails);
        Assert.All(Outbox(), row => Assert.StartsWith("waiting", row, StringComparison.Ordinal));
        server.Behave();
        await UntilAsync(() => Delivered == addresses.Length, clockGoesOn: true);
        AssertEachOnce(addresses);
    }

    [Theory, InlineData("never-rcpt", "the recipient"), InlineData("never-data", "the message")]
    public async Task What_is_refused_for_good_is_given_up_and_shown_and_nothing_else_is(string mode, string what)
    {
        await server.StartAsync();
        server.Behave(mode + " gone.example");
        await QueueAsync("pat@gone.example", "pat@here.example");
        await UntilAsync(() => Outbox() is [var gone, "delivered"] && gone.StartsWith("dead", StringComparison.Ordinal));
        Assert.Contains(what, Outbox()[0], StringComparison.Ordinal);
        Assert.DoesNotContain("pat", Outbox()[0], StringComparison.Ordinal);
        Assert.DoesNotContain("(kept)", Outbox()[0], StringComparison.Ordinal);
        server.Behave();
        hub.Time.Advance(TimeSpan.FromHours(3));
        await QueueAsync("sam@gone.example");
        await UntilAsync(() => Delivered == 2);
        AssertEachOnce(["pat@here.example", "sam@gone.example"]);
        Assert.Equal(1, server.AttemptsAt("pat@gone.example"));
    }

    [Fact]
    public async Task A_server_that_dies_in_the_middle_gets_the_rest_once_when_it_is_back()
    {
        await server.StartAsync();
        var addresses = Addresses(8, "north.example");
        await QueueAsync(addresses[..4]);
        await UntilAsync(() => Delivered == 4);
        server.Behave("slow 5");
        await QueueAsync(addresses[4..]);
        await UntilAsync(() => server.AttemptsAt(addresses[4]) == 1);
        await server.StopAsync();
        server.Behave();
        await UntilAsync(() => Outbox().Count(row => row.StartsWith("waiting: ", StringComparison.Ordinal)) == 4, clockGoesOn: true);
        await server.StartAsync();
        hub.Time.Advance(TimeSpan.FromHours(2));
        await UntilAsync(() => Delivered == 8, clockGoesOn: true);
        AssertEachOnce(addresses);
    }

    [Fact]
    public async Task Where_the_servers_yes_is_lost_the_second_has_the_same_id_so_that_a_server_can_tell()
    {
        await server.StartAsync();
        server.Behave("mute");
        await QueueAsync("pat@north.example");
        await UntilAsync(() => server.Mails.Count == 1);
        server.Behave();
        await UntilAsync(() => Delivered == 1, clockGoesOn: true);
        Assert.Equal(2, server.Mails.Count);
        Assert.Single(server.Mails.Select(mail => mail.MessageId).Distinct());
        Assert.Matches(@"\A<[0-9a-f]{32}@hub\.example>\z", server.Mails[0].MessageId);
    }

    [Fact]
    public async Task A_mail_that_no_template_fits_is_given_up_and_holds_up_none()
    {
        await server.StartAsync();
        await hub.WriteAsync(async transaction =>
        {
            await Notices.QueueAsync(transaction, null, "no-such-template", new Dictionary<string, string>(), "pat@north.example");
            await Notices.QueueAsync(transaction, null, MailTemplates.SignInCode, new Dictionary<string, string> { ["app"] = "x" }, "pat@north.example");
            return true;
        });
        await QueueAsync("sam@north.example");
        await UntilAsync(() => Outbox() is [var first, var second, "delivered"] && first.StartsWith("dead", StringComparison.Ordinal) && second.StartsWith("dead", StringComparison.Ordinal));
        Assert.Contains("{code}", Outbox()[1], StringComparison.Ordinal);
        AssertEachOnce(["sam@north.example"]);
    }

    [Fact]
    public async Task What_could_not_be_sent_for_a_day_is_given_up_and_shown()
    {
        await QueueAsync("pat@north.example");
        await UntilAsync(() => Outbox()[0].StartsWith("waiting: ", StringComparison.Ordinal), clockGoesOn: true);
        for (var hour = 0; hour < 25; hour++)
        {
            hub.Time.Advance(TimeSpan.FromHours(1));
            await Task.Delay(50);
        }

        await UntilAsync(() => Outbox()[0].StartsWith("dead: ", StringComparison.Ordinal), clockGoesOn: true);
    }
}
