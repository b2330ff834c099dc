using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Jobs;

public sealed class ImportTests : JobTests
{
    [Fact]
    public async Task A_file_is_tried_first_and_says_of_each_line_what_would_come_of_it()
    {
        await Hub.AddMemberAsync("old@mail.example", North);
        await Hub.AddMemberAsync("same@mail.example", North, Role.Administrator);
        var before = Directory();
        var id = await TryAsync(
            """
            E-mail,Given name,Family name,Role,Seats,Shoe size
            new@mail.example,Nora,New,User,console,38
            OLD@mail.example,,,Administrator,,
            same@mail.example,,,admin,,
            not an address,No,Body,,,
            two@mail.example,Two,,King,,
            new@mail.example,Nora,Again,,,

            short@mail.example
            """);

        Assert.Equal(before, Directory());
        var job = await JobAsync(id);
        Assert.Equal((JobStatus.Preview, 7, new JobCounts(2, 0, 0, 1, 0, 4), 1), (job.Status, job.Total, job.Counts, job.ToAdd));
        var items = await ItemsAsync(id);
        Assert.Equal([2, 3, 4, 5, 6, 7, 9], items.Select(item => item.Line!.Value));
        Assert.Equal(["new@mail.example", "old@mail.example", "same@mail.example", "not an address", "two@mail.example", "new@mail.example", "short@mail.example"], items.Select(item => item.UserName));
        Assert.Equal("Invited by mail.", items[0].Note);
        Assert.Equal("Role", items[1].Note);
        Assert.Contains("Administrator or User", items[4].Note, StringComparison.Ordinal);
        Assert.Contains("earlier line", items[5].Note, StringComparison.Ordinal);
        Assert.Contains("name", items[6].Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Those_of_a_file_are_added_invited_and_changed_and_a_second_time_nothing_happens()
    {
        var old = await Hub.AddMemberAsync("old@mail.example", North);
        const string File = """
            e-mail;name;role;permission level;status;seats;2FA required
            new@mail.example;Nora New;Administrator;SUPPORT;active;console;yes
            asleep@mail.example;Asleep, Al;;;inactive;;
            old@mail.example;Olga Old;;INVOICES;;console;
            """;

        var id = await ImportAsync(File);

        Assert.Equal((JobStatus.Done, new JobCounts(0, 1, 2, 0, 0, 0)), ((await JobAsync(id)).Status, (await JobAsync(id)).Counts));
        var nora = (await Hub.ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, "new@mail.example")))!;
        var state = await StateAsync(nora.Id);
        Assert.Equal(("Nora", "New", Role.Administrator, PermissionLevel.Support, MembershipStatus.Active, true), (state.GivenName, state.FamilyName, state.Role, state.Level, state.Status, state.TwoFactorRequired));
        Assert.Equal(MemberSource.Import, state.Source);
        Assert.Equal([TestDirectory.Console], state.Seats);
        Assert.Equal((1, 1), (Hub.Count("Invitations"), Hub.Count("Invitations", $"UserId = '{nora.Id}'")));
        Assert.Equal(("Olga Old", PermissionLevel.Invoices), ((await StateAsync(old.UserId)).DisplayName, (await StateAsync(old.UserId)).Level));
        Assert.Equal(0, Hub.Count("JobItems", "SealedLine IS NOT NULL OR NameTag IS NOT NULL OR MembershipId IS NULL"));

        var again = await ImportAsync(File);
        Assert.Equal(new(0, 0, 0, 3, 0, 0), (await JobAsync(again)).Counts);
        Assert.Equal(1, Hub.Count("Invitations"));
    }

    [Fact]
    public async Task Somebody_known_from_elsewhere_is_asked_and_their_name_stays()
    {
        await Hub.AddAccountAsync("south");
        var guest = await Hub.AddMemberAsync("guest@mail.example", "south");
        var id = await ImportAsync("email,first name,last name,role\nguest@mail.example,Not,Mine,User\n");

        Assert.Equal(new(0, 0, 1, 0, 0, 0), (await JobAsync(id)).Counts);
        Assert.Contains("another account", (await ItemsAsync(id))[0].Note, StringComparison.Ordinal);
        Assert.Equal(MembershipStatus.Invited, (await StateAsync(guest.UserId)).Status);
        Assert.Null((await Hub.UserAsync(guest.UserId)).FamilyName);

        var again = await ImportAsync("email,first name,last name,role\nguest@mail.example,Other,Name,Administrator\n");
        Assert.Equal(new(0, 1, 0, 0, 0, 0), (await JobAsync(again)).Counts);
        Assert.Contains("name stays", (await ItemsAsync(again))[0].Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_seat_left_is_said_of_the_line_and_nothing_of_it_is_done()
    {
        var id = await ImportAsync("email,name,seats\n" + string.Concat(Enumerable.Range(0, 5).Select(i => $"u{i}@mail.example,User {i},console\n")));

        Assert.Equal(new(0, 0, 3, 0, 0, 2), (await JobAsync(id)).Counts);
        Assert.All(await ItemsAsync(id, JobOutcome.Failed), item => Assert.Contains("No seat", item.Note, StringComparison.Ordinal));
        Assert.Equal((3L, 3), (Hub.Scalar("SELECT Used FROM SeatPools"), Hub.Count("Users", "UserName LIKE 'u_@mail.example'")));
    }

    [Fact]
    public async Task An_administrator_gives_nobody_more_than_they_have_and_leaves_the_primary_alone()
    {
        var id = await ImportAsync("email,name,level,status\nnew@mail.example,New,PRIMARY,\nboss,Boss,,inactive\nada,,,inactive\n".Replace("boss,", "boss@mail.example,", StringComparison.Ordinal));

        Assert.Equal(0, (await JobAsync(id)).Counts.Changed);
        Assert.Equal(1, Hub.Count("Memberships", "PermissionLevel = 'PRIMARY' AND Status = 'Active'"));
        Assert.Null(await Hub.ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, "new@mail.example")));
    }

    [Fact]
    public async Task A_hostile_file_harms_nobody()
    {
        var hostile = new[]
        {
            "=cmd|'/C calc'!A0@mail.example,x", "\"\"\"<script>alert(1)</script>\"\"@mail.example\",x", "\"a@mail.example\r\nBcc: b@mail.example\",x", "ok@mail.example,\"<b>‮evil\"",
            "long@mail.example," + new string('n', 1000), "x@mail.example,'=1+1", "a@mail.example\u200B,x",
        };
        var id = await ImportAsync("email,name\n" + string.Join('\n', hostile) + "\n");

        var job = await JobAsync(id);
        Assert.Equal((JobStatus.Done, 7), (job.Status, job.Counts.Finished));
        Assert.Equal("<b>‮evil", (await Hub.ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, "ok@mail.example")))!.GivenName);
        Assert.Null(await Hub.ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, "long@mail.example")));
        Assert.Equal("=1+1", (await Hub.ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, "x@mail.example")))!.GivenName);
        Assert.Equal(0, Hub.Count("Users", "UserName LIKE '%Bcc%' OR UserName LIKE '%script%'"));
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("email,name\n", 1)]
    [InlineData("email,name\na@mail.example,\"x\n", 2)]
    public async Task A_file_that_cannot_be_read_leaves_nothing(string file, int line)
    {
        var result = await ReadAsync(file);

        Assert.Equal(line, Assert.IsType<Imports.ReadResult.Unreadable>(result).Line);
        Assert.Equal((0, 0), (Hub.Count("Jobs"), Hub.Count("JobItems")));
    }

    [Fact]
    public async Task A_long_file_that_breaks_off_leaves_nothing()
    {
        var file = "email\n" + string.Concat(Enumerable.Range(0, 1200).Select(i => $"u{i}@mail.example\n"));
        Assert.IsType<Imports.ReadResult.Unreadable>(await ReadAsync(file + "\"broken"));
        Assert.Equal((0, 0), (Hub.Count("Jobs"), Hub.Count("JobItems")));

        var read = Assert.IsType<Imports.ReadResult.Read>(await ReadAsync(file));
        Assert.Equal((JobStatus.Draft, 1200), ((await JobAsync(read.JobId)).Status, (await JobAsync(read.JobId)).Total));
        Assert.Equal(["u0@mail.example"], (await Hub.ReadAsync(reader => Task.FromResult(JobReading.Sample(reader, North, read.JobId, 3))))[0]);
    }

    [Fact]
    public async Task What_a_line_says_is_sealed_and_goes_with_whom_it_is_about()
    {
        var old = await Hub.AddMemberAsync("old@mail.example", North);
        var id = await TryAsync("email,name,role\nold@mail.example,Geheim Hidden,Administrator\nlater@mail.example,Later Hidden,King\n");
        Assert.DoesNotContain(Hub.Everything(), row => row.Contains("Hidden", StringComparison.Ordinal) || row.Contains("later@mail", StringComparison.Ordinal));
        Assert.Equal(["old@mail.example", "later@mail.example"], (await ItemsAsync(id)).Select(item => item.UserName));

        var later = await Hub.AddMemberAsync("later@mail.example", North);
        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, later.MembershipId));
        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, old.MembershipId));

        Assert.All(await ItemsAsync(id), item => Assert.Null(item.UserName));
        await ConfirmAsync(id);
        await RunAsync();
        Assert.Equal([JobOutcome.Failed, JobOutcome.Failed], (await ItemsAsync(id)).Select(item => item.Outcome));
        Assert.Null(await Hub.ReadAsync(reader => Domain.Users.Users.FindByNameAsync(reader, "old@mail.example")));
    }

    [Fact]
    public async Task A_runner_that_dies_in_an_import_adds_nobody_twice()
    {
        var id = await TryAsync("email,name\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"u{i}@mail.example,User {i}\n")));
        await ConfirmAsync(id);
        await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(NewRunner(new DyingStore(Hub.Store, 30))));
        Hub.Time.Advance(TimeSpan.FromSeconds(11));
        await RunAsync();

        Assert.Equal(new(0, 0, 60, 0, 0, 0), (await JobAsync(id)).Counts);
        // Each of them is invited, and who runs the account hears of each.
        Assert.Equal((60, 120), (Hub.Count("Invitations"), Hub.Count("Outbox", "Kind = 'mail'")));
    }

    private async Task<MemberState> StateAsync(string userId)
    {
        var membership = (string)Hub.Scalar($"SELECT Id FROM Memberships WHERE UserId = '{userId}' AND AccountId = '{North}'")!;
        return (await Hub.ReadAsync(reader => Task.FromResult(MemberStates.Find(reader, North, membership))))!;
    }
}
