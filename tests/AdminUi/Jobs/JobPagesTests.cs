using System.Net;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Jobs;

/// <summary>Many users at once, and files of them, as an administrator does it in a browser without script.</summary>
public sealed partial class JobPagesTests : IAsyncLifetime
{
    private const string Root = "/admin/accounts/north";
    private const string Ada = "ada@north.example";

    private ConsoleHub console = null!;
    private Browser browser = null!;

    public async Task InitializeAsync()
    {
        console = await ConsoleHub.StartAsync($$"""
            {
              "applications": [ { "id": "tool", "name": "The tool", "seated": true } ],
              "accounts": [ { "id": "north", "name": "North", "seats": { "tool": 3 } }, { "id": "south", "name": "South" } ],
              "users": [
                {{User("boss@north.example", "north", "User", "PRIMARY")}}, {{User(Ada, "north", "Administrator")}}, {{User("u1@north.example", "north", "User")}},
                {{User("u2@north.example", "north", "User")}}, {{User("u3@north.example", "north", "User")}}, {{User("sue@south.example", "south", "Administrator")}}, {{User("u1@south.example", "south", "User")}}
              ]
            }
            """);
        browser = await console.SignInAsync(Ada, Root + "/jobs");
    }

    public async Task DisposeAsync() => await console.DisposeAsync();

    [Fact]
    public async Task Selected_users_are_looked_at_then_changed()
    {
        await SelectAsync("u1@north.example", "u2@north.example", "boss@north.example");
        Assert.Contains("3 users", browser.Page!.Text, StringComparison.Ordinal);
        await browser.SendAsync("form.card", ("do", "role-administrator"));

        Assert.StartsWith(Root + "/jobs/", browser.Page!.Address.AbsolutePath, StringComparison.Ordinal);
        Assert.Contains("Nothing has been changed yet. 2 users will be changed", Text("#job-state"), StringComparison.Ordinal);
        Assert.Contains("Primary User", browser.Page.Text, StringComparison.Ordinal);
        Assert.Equal(Role.User, (await StateAsync("u1@north.example")).Role);

        await browser.PressAsync("Start");
        Assert.Contains("Done: 2 users changed", Text("#job-state"), StringComparison.Ordinal);
        Assert.Equal(Role.Administrator, (await StateAsync("u1@north.example")).Role);
        Assert.Equal(Role.User, (await StateAsync("u3@north.example")).Role);
        Assert.Equal(2, browser.Page!.Document.QuerySelectorAll("tbody .badge.good").Length);

        await browser.GoAsync(Root + "/jobs");
        Assert.Contains("Change the role to Administrator", browser.Page!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_who_match_are_meant_when_that_is_chosen()
    {
        await PostAsync(Root + "/bulk", ("all", "true"), ("q", "u1"), ("role", "User"));
        Assert.Contains("1 user", browser.Page!.Text, StringComparison.Ordinal);
        await browser.SendAsync("form.card", ("do", "give-tool"));
        await browser.PressAsync("Start");

        Assert.Equal(["tool"], (await StateAsync("u1@north.example")).Seats);
        Assert.Empty((await StateAsync("u2@north.example")).Seats);
        Assert.Contains("1 of 3", browser.Page!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_selection_or_a_choice_it_is_said_what_is_missing()
    {
        await browser.GoAsync(Root + "/bulk");
        Assert.Contains("Nobody is selected", browser.Page!.Text, StringComparison.Ordinal);
        await SelectAsync("u1@north.example");
        await browser.SendAsync("form.card");
        Assert.Contains("Choose what to change", browser.Page!.Alert, StringComparison.Ordinal);
        await browser.SendAsync("form.card", ("do", "give-tool"));
        Assert.StartsWith(Root + "/jobs/", browser.Page!.Address.AbsolutePath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Users_of_another_account_cannot_be_selected()
    {
        var foreign = await console.MemberIdAsync("u1@south.example", "south");
        await PostAsync(Root + "/bulk", ("member", foreign), ("step", "choose"), ("do", "deactivate"));
        Assert.Equal(Root + "/users", browser.Page!.Address.AbsolutePath);

        await PostAsync(Root + "/bulk", ("member", foreign), ("member", await console.MemberIdAsync("u1@north.example", "north")), ("step", "choose"), ("do", "deactivate"));
        await browser.PressAsync("Start");
        Assert.Equal(MembershipStatus.Active, (await StateAsync("u1@south.example", "south")).Status);
        Assert.Equal(MembershipStatus.Inactive, (await StateAsync("u1@north.example")).Status);
    }

    [Fact]
    public async Task Deleting_asks_for_a_fresh_sign_in_and_the_number_of_users()
    {
        await SelectAsync("u1@north.example", "u2@north.example");
        await browser.SendAsync("form.card", ("do", "delete"));
        Assert.Contains("Delete 2 users for good", browser.Page!.Text, StringComparison.Ordinal);
        var job = browser.Page.Address.AbsolutePath;

        await browser.SendAsync("form.danger", ("typed", "3"));
        Assert.Contains("Type 2", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Equal("true", browser.Page.Document.QuerySelector("#typed")!.GetAttribute("aria-invalid"));

        console.Hub.Time.Advance(TimeSpan.FromMinutes(16));
        await browser.SendAsync("form.danger", ("typed", "2"));
        Assert.True(browser.Page!.Asks("current-password"));
        Assert.True(await ExistsAsync("u1@north.example"));
        await console.FinishSignInAsync(browser, Ada);
        Assert.Equal(job, browser.Page!.Address.AbsolutePath);

        console.Hub.Time.Advance(TimeSpan.FromMinutes(6));
        await browser.GoAsync(job);
        Assert.True(browser.Page!.Asks("current-password"));
        await console.FinishSignInAsync(browser, Ada);

        await browser.SendAsync("form.danger", ("typed", "2"));
        Assert.Contains("Done: 2 users deleted", Text("#job-state"), StringComparison.Ordinal);
        Assert.Contains("A deleted user", browser.Page!.Text, StringComparison.Ordinal);
        Assert.False(await ExistsAsync("u1@north.example"));
    }

    [Fact]
    public async Task A_job_is_discarded_and_then_cannot_be_started()
    {
        var id = await PreviewAsync();
        await browser.GoAsync($"{Root}/jobs/{id}");
        await browser.PressAsync("Discard");
        Assert.Contains("Nothing was changed", browser.Page!.Text, StringComparison.Ordinal);

        await PostAsync($"{Root}/jobs/{id}?handler=Confirm");
        Assert.Contains("cannot be started", browser.Page!.Alert, StringComparison.Ordinal);
        await PostAsync($"{Root}/jobs/{id}?handler=Cancel");
        Assert.Contains("ended already", browser.Page!.Alert, StringComparison.Ordinal);
        Assert.Equal(MembershipStatus.Active, (await StateAsync("u1@north.example")).Status);
    }

    [Fact]
    public async Task Another_administrator_sees_a_job_and_ends_it_but_does_not_start_it()
    {
        var id = await PreviewAsync();
        browser = await console.SignInAsync("boss@north.example", $"{Root}/jobs/{id}");
        Assert.Contains("Only the person who prepared this", browser.Page!.Text, StringComparison.Ordinal);
        await PostAsync($"{Root}/jobs/{id}?handler=Confirm");
        Assert.Contains("cannot be started", browser.Page!.Alert, StringComparison.Ordinal);
        await browser.PressAsync("Discard");
        Assert.Contains("discarded", browser.Page!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_of_another_account_is_nothing()
    {
        var id = await PreviewAsync();
        var sue = await console.SignInAsync("sue@south.example", "/admin/accounts/south/jobs");
        foreach (var address in new[] { $"/admin/accounts/south/jobs/{id}", $"/admin/accounts/south/jobs/{id}?handler=Csv", $"/admin/accounts/south/import/{id}", $"{Root}/jobs/{id}" })
        {
            await sue.GoAsync(address);
            Assert.Equal(HttpStatusCode.NotFound, sue.Page!.Status);
        }

        browser = sue;
        foreach (var handler in new[] { "Confirm", "Cancel" })
        {
            await PostAsync($"/admin/accounts/south/jobs/{id}?handler={handler}", "/admin/accounts/south/import", []);
            Assert.Equal(HttpStatusCode.NotFound, browser.Page!.Status);
        }

        Assert.Equal(JobStatus.Preview, (await console.Hub.ReadAsync(reader => JobReading.FindAsync(reader, "north", id)))!.Status);
    }

    [Fact]
    public async Task Without_proof_of_origin_nothing_is_done()
    {
        var id = await PreviewAsync();
        await browser.PostAsync($"{Root}/jobs/{id}?handler=Confirm", []);
        Assert.Contains("Nothing was changed", browser.Page!.Text, StringComparison.Ordinal);
        await browser.PostAsync($"{Root}/jobs/{id}?handler=Cancel", []);
        await browser.PostAsync(Root + "/bulk", [new("member", await console.MemberIdAsync("u1@north.example", "north")), new("step", "choose"), new("do", "deactivate")]);
        Assert.Equal(JobStatus.Preview, (await console.Hub.ReadAsync(reader => JobReading.FindAsync(reader, "north", id)))!.Status);
        Assert.Single(await console.Hub.ReadAsync(reader => JobReading.RecentAsync(reader, "north")));
    }

    [Fact]
    public async Task The_results_are_a_file()
    {
        var id = await PreviewAsync();
        await browser.GoAsync($"{Root}/jobs/{id}?handler=Csv");

        var headers = browser.Page!.Response.Content.Headers;
        Assert.Equal("text/csv", headers.ContentType!.MediaType);
        Assert.StartsWith("attachment; filename=job-results-", headers.ContentDisposition!.ToString(), StringComparison.Ordinal);
        Assert.True(browser.Page.Response.Headers.CacheControl!.NoStore);
        var text = await browser.Page.Response.Content.ReadAsStringAsync();
        Assert.Contains("\r\n1,,u1@north.example,u1@north.example,Will be changed,", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_under_way_shows_how_far_it_is_and_its_page_loads_itself_anew_without_script()
    {
        // Asked for in another process: the runner of this one does not hear of it.
        var ada = await StateAsync(Ada);
        var result = await console.Hub.Services.GetRequiredService<IHubStore>().WriteAsync(
            new Actor.Person(ada.UserId),
            transaction => Domain.Jobs.Jobs.PrepareAsync(transaction, "north", new JobAction.Deactivate(), new Domain.Jobs.Jobs.Selection.Matching(MemberFilter.All)));
        await browser.GoAsync($"{Root}/jobs/{((Domain.Jobs.Jobs.PrepareResult.Preparing)result).JobId}");

        Assert.Contains("http-equiv=\"refresh\"", browser.Page!.Document.QuerySelector("head noscript")!.TextContent + browser.Page.Document.QuerySelector("head noscript")!.InnerHtml, StringComparison.Ordinal);
        Assert.NotNull(browser.Page.Document.QuerySelector("progress"));
        Assert.Equal("true", browser.Page.Document.QuerySelector("#job")!.GetAttribute("data-moving"));
        await browser.PressAsync("Discard");
        Assert.Contains("discarded", browser.Page!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_uploaded_its_columns_named_tried_and_imported()
    {
        await browser.GoAsync(Root + "/import");
        await UploadAsync("Mail;Who;Rights;Shoe size\nnew@mail.example;Nora New;Administrator;38\nu1@north.example;;Administrator;41\nbroken;;;\n");
        Assert.Contains("What is in each column?", browser.Page!.Text, StringComparison.Ordinal);
        Assert.Contains("Nora New", browser.Page.Text, StringComparison.Ordinal);
        var import = browser.Page.Address.AbsolutePath;

        await ColumnsAsync("Ignore", "FullName", "Role", "Ignore");
        Assert.Contains("Say which column holds the e-mail address", browser.Page!.Alert, StringComparison.Ordinal);
        Assert.Equal("FullName", browser.Page.Document.QuerySelectorAll("select")[1].QuerySelector("option[selected]")!.GetAttribute("value"));
        await ColumnsAsync("UserName", "FullName", "Role", "Ignore");

        Assert.Contains("1 user will be added and 1 changed", Text("#job-state"), StringComparison.Ordinal);
        Assert.Contains("lines with errors", browser.Page!.Text, StringComparison.Ordinal);
        Assert.False(await ExistsAsync("new@mail.example"));
        await browser.PressAsync("Start");
        Assert.Contains("Done: 2 users added or changed", Text("#job-state"), StringComparison.Ordinal);
        Assert.Equal((Role.Administrator, "Nora New", MemberSource.Import), (await StateAsync("new@mail.example")) is var state ? (state.Role, state.DisplayName, state.Source) : default);

        await browser.GoAsync(import);
        Assert.StartsWith(Root + "/jobs/", browser.Page!.Address.AbsolutePath, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("email,name\n\"a@mail.example,x", "Line 2")]
    [InlineData("email", "nothing below")]
    public async Task What_is_wrong_with_a_file_is_said_beside_it(string file, string why)
    {
        await browser.GoAsync(Root + "/import");
        await UploadAsync(file);

        Assert.Contains(why, Text("#file-wrong"), StringComparison.Ordinal);
        Assert.Empty(await console.Hub.ReadAsync(reader => JobReading.RecentAsync(reader, "north")));
    }

    [Fact]
    public async Task A_file_of_ten_mebibytes_is_taken_and_a_larger_one_refused_in_words()
    {
        await browser.GoAsync(Root + "/import");
        var line = new string('x', 1000) + "@mail.example,Somebody\n";
        await UploadAsync("email,name\n" + string.Concat(Enumerable.Repeat(line, 10 * 1024 * 1024 / line.Length - 1)));
        Assert.Contains("What is in each column?", browser.Page!.Text, StringComparison.Ordinal);

        await browser.GoAsync(Root + "/import");
        await UploadAsync("email,name\n" + string.Concat(Enumerable.Repeat(line, 11 * 1024 * 1024 / line.Length)));
        Assert.Contains("larger than 10 MiB", Text("#file-wrong"), StringComparison.Ordinal);

        // Nowhere else is so much taken.
        await PostAsync(Root + "/bulk", ("member", new string('x', 2 * 1024 * 1024)));
        Assert.Contains("Nothing was changed", browser.Page!.Alert, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_template_can_be_imported_as_it_is()
    {
        await browser.GoAsync(Root + "/import?handler=Template");
        var template = await browser.Page!.Response.Content.ReadAsStringAsync();
        await browser.GoAsync(Root + "/import");
        await UploadAsync(template);
        await browser.SendAsync("main form");
        await browser.PressAsync("Start");

        Assert.Equal(("Ada Lovelace", PermissionLevel.Support), (await StateAsync("ada@example.org")) is var state ? (state.DisplayName, state.Level) : default);
    }

    [Fact]
    public async Task The_users_are_a_file_with_the_filters_kept_and_formulas_defused_which_imported_again_changes_nothing()
    {
        await console.Hub.WriteAsync(async transaction => await MemberChanges.ApplyAsync(
            transaction, "north", await MemberIdAsync(transaction, "u1@north.example"), new() { Name = new("=HYPERLINK(\"http://evil\")", "<b>\u202E"), SeatsToAdd = ["tool"], Level = new(PermissionLevel.Invoices) }));
        await browser.GoAsync(Root + "/users.csv?q=u1&sort=-name");
        var text = await browser.Page!.Response.Content.ReadAsStringAsync();
        Assert.Equal("text/csv", browser.Page.Response.Content.Headers.ContentType!.MediaType);
        Assert.True(browser.Page.Response.Headers.CacheControl!.NoStore);
        Assert.Equal(2, text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("u1@north.example,\"'=HYPERLINK(\"\"http://evil\"\") <b>\u202E\",u1@north.example,User,INVOICES,Active,tool,no,none,", text, StringComparison.Ordinal);

        await browser.GoAsync(Root + "/users.csv");
        var all = await browser.Page!.Response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("south", all, StringComparison.Ordinal);
        await browser.GoAsync(Root + "/import");
        await UploadAsync(all);
        await browser.SendAsync("main form");
        Assert.Contains("nobody would be changed", Text("#job-state"), StringComparison.Ordinal);
        Assert.Equal("5", browser.Page!.Document.QuerySelector(".tile strong")!.TextContent);
    }

    [Fact]
    public async Task A_thousand_users_are_a_file_too()
    {
        await console.Hub.WriteAsync(async transaction =>
        {
            for (var i = 0; i < 1100; i++)
            {
                await NewMembers.AddAsync(transaction, "north", new() { GivenName = "Nr", FamilyName = $"{i:0000}", Email = $"n{i}@mail.example", Active = false }, "https://hub.example");
                await transaction.SettleAsync();
            }

            return true;
        });
        await browser.GoAsync(Root + "/users.csv?status=inactive");
        var lines = (await browser.Page!.Response.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1101, lines.Length);
        Assert.Equal(1101, lines.Distinct().Count());
    }

    private static string User(string name, string account, string role, string? level = null) =>
        $$"""{ "userName": "{{name}}", "password": "{{SampleDirectory.Password}}", "memberships": [ { "account": "{{account}}", "role": "{{role}}"{{(level is null ? "" : $", \"permissionLevel\": \"{level}\"")}} } ] }""";

    private string Text(string selector) => string.Join(' ', (browser.Page!.Document.QuerySelector(selector)?.TextContent ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private async Task SelectAsync(params string[] users)
    {
        var fields = new List<(string, string)>();
        foreach (var user in users)
        {
            fields.Add(("member", await console.MemberIdAsync(user, "north")));
        }

        await PostAsync(Root + "/bulk", [.. fields]);
    }

    /// <summary>Sends fields as a form of the console would, with its proof of origin.</summary>
    private Task PostAsync(string address, params (string Name, string Value)[] fields) => PostAsync(address, Root + "/import", fields);

    private async Task PostAsync(string address, string from, params (string Name, string Value)[] fields)
    {
        await browser.GoAsync(from);
        await browser.PostAsync(address, [.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), KeyValuePair.Create("__RequestVerificationToken", Token())]);
    }

    private string Token() => browser.Page!.Document.QuerySelector("main input[name=__RequestVerificationToken]")!.GetAttribute("value")!;

    /// <summary>Sends a file by the form of the page, and follows where it leads.</summary>
    private async Task UploadAsync(string file)
    {
        using var content = new MultipartFormDataContent
        {
            { new StringContent(Token()), "__RequestVerificationToken" }, { new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(file)), "file", "users.csv" },
        };
        using var response = await browser.Client.PostAsync(Root + "/import", content);
        if (response.Headers.Location is { } location)
        {
            await browser.GoAsync(location.ToString());
            return;
        }

        await browser.ShowAsync(response);
    }

    private Task<Browser> ColumnsAsync(params string[] columns) => browser.PostAsync(
        browser.Page!.Address.AbsolutePath, [.. columns.Select(column => KeyValuePair.Create("column", column)), KeyValuePair.Create("__RequestVerificationToken", Token())]);

    private async Task<string> PreviewAsync()
    {
        await SelectAsync("u1@north.example");
        await browser.SendAsync("form.card", ("do", "deactivate"));
        return browser.Page!.Address.Segments[^1];
    }

    private Task<MemberState> StateAsync(string user, string account = "north") => console.Hub.ReadAsync(reader => Task.FromResult(
        MemberStates.Find(reader, account, MemberDirectory.Page(reader, new(account, new DirectoryCriterion.Term(DirectoryField.UserName, DirectoryOperator.Equal, user))).Single().Id)!));

    private Task<bool> ExistsAsync(string user) => console.Hub.ReadAsync(async reader => await Domain.Users.Users.FindByNameAsync(reader, user) is not null);

    private static Task<string> MemberIdAsync(HubReader reader, string user) => Task.FromResult(
        MemberDirectory.Page(reader, new("north", new DirectoryCriterion.Term(DirectoryField.UserName, DirectoryOperator.Equal, user))).Single().Id);
}
