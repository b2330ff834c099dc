using System.Net;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Seats;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Agreement;

/// <summary>Plan, seats and billing. Terry administers brightfix, where Dana has one of two seats; Pat administers northside.</summary>
public sealed class AgreementPagesTests : IAsyncLifetime
{
    private const string Plan = "/admin/accounts/northside/plan";
    private const string Free = "/admin/accounts/northside/plan/free";
    private const string BillingPage = "/admin/accounts/northside/billing";
    private const string App = "expert-console";

    private ConsoleHub console = null!;
    private Browser pat = null!;

    public async Task InitializeAsync()
    {
        console = await ConsoleHub.StartAsync();
        await console.Hub.WriteAsync(async transaction =>
        {
            await Plans.PutAsync(transaction, "basic", "Basic", "Forms and reports.", false);
            await Plans.PutAsync(transaction, "full", "Full <b>plan</b>", "Everything.", false);
            await Plans.PutAsync(transaction, "old", "Old", "", true);
            return await Seats.ResizeAsync(transaction, "northside", App, 3);
        });
        pat = await console.SignInAsync(SampleDirectory.Pat, Plan);
    }

    public async Task DisposeAsync() => await console.DisposeAsync();

    [Fact]
    public async Task A_plan_is_chosen_among_those_that_are_offered()
    {
        Assert.Equal(["basic", "full"], pat.Page!.Document.QuerySelectorAll("input[name='plan']").Select(radio => radio.GetAttribute("value")));
        await pat.SendAsync("form[action*='handler=Plan']");
        Assert.Contains("Choose one of the plans", Text("#plan-wrong"), StringComparison.Ordinal);
        await pat.SendAsync("form[action*='handler=Plan']", ("plan", "full"));
        Assert.Contains("The plan is changed.", pat.Page!.Text, StringComparison.Ordinal);
        Assert.Equal("Full <b>plan</b>", Text("section[aria-labelledby='plan'] strong"));
        Assert.Contains("none → Full <b>plan</b>", Text("section[aria-labelledby='history'] tbody tr"), StringComparison.Ordinal);
        Assert.Contains("Pat Primary", Text("section[aria-labelledby='history'] tbody tr"), StringComparison.Ordinal);

        pat.Page.Document.QuerySelector("input[name='plan']")!.SetAttribute("value", "old");
        await pat.SendAsync("form[action*='handler=Plan']", ("plan", "old"));
        Assert.Contains("offered no more", Text("#plan-wrong"), StringComparison.Ordinal);
        Assert.Equal("full", (await console.Hub.ReadAsync(reader => Plans.OfAccountAsync(reader, "northside")))!.Id);
    }

    [Fact]
    public async Task Another_number_of_seats_is_shown_before_it_is_made()
    {
        Assert.Contains("1 of 3", Text("section[aria-labelledby='seats']"), StringComparison.Ordinal);
        await pat.SendAsync("#capacity-0", ("capacity", "10"));
        Assert.Contains("3 → 10", Text("section[aria-labelledby='preview']"), StringComparison.Ordinal);
        Assert.Equal(3, await CapacityAsync());
        var shown = pat.Page!;

        await pat.SendAsync("form[action*='handler=Seats']");
        Assert.Equal(10, await CapacityAsync());
        Assert.Contains("1 of 10", Text(".seats"), StringComparison.Ordinal);
        Assert.Contains("3 → 10", Text("section[aria-labelledby='history'] tbody tr"), StringComparison.Ordinal);

        // Sent once more, it meets another number than was shown.
        await PostFormAsync(shown, "form[action*='handler=Seats']");
        Assert.Contains("somebody else changed", pat.Page!.Alert, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-1"), InlineData("ten"), InlineData("1.5"), InlineData("1000001"), InlineData(""), InlineData("99999999999999999999")]
    public async Task What_is_no_number_of_seats_is_said_beside_its_field_and_stays(string typed)
    {
        await pat.SendAsync("#capacity-0", ("capacity", typed));
        Assert.Contains("Type a whole number", Text("#capacity-0-wrong"), StringComparison.Ordinal);
        Assert.Equal(typed, pat.Page!.Document.QuerySelector("#capacity-0")!.GetAttribute("value"));
        Assert.Equal("true", pat.Page.Document.QuerySelector("#capacity-0")!.GetAttribute("aria-invalid"));
        Assert.Null(pat.Page.Document.QuerySelector("section[aria-labelledby='preview']"));
    }

    [Fact]
    public async Task Fewer_than_are_in_use_takes_choosing_whose_to_free_and_both_happen_at_once()
    {
        var sam = await console.MemberIdAsync(SampleDirectory.Sam, "northside");
        await console.Hub.WriteAsync(transaction => Seats.AssignAsync(transaction, sam, App));
        await pat.SendAsync("#capacity-0", ("capacity", "1"));
        Assert.Null(pat.Page!.Document.QuerySelector("form[action*='handler=Seats']"));
        await pat.GoAsync(new Uri(pat.Page.Address, pat.Page.Document.QuerySelector("a[href^='plan/free']")!.GetAttribute("href")!).ToString());
        Assert.Contains("Choose at least 1.", pat.Page!.Text, StringComparison.Ordinal);

        await pat.SendAsync("#free");
        Assert.Contains("Choose 1 more", Text("#chosen-wrong"), StringComparison.Ordinal);
        await pat.SendAsync("button[formaction*='handler=Choose']", ("Find", "Primary"), ("Chosen", sam));
        Assert.Contains("Chosen already", pat.Page!.Text, StringComparison.Ordinal);
        Assert.NotNull(pat.Page.Document.QuerySelector($"input[name='Chosen'][value='{sam}'][checked]"));
        Assert.Equal(3, await CapacityAsync());

        await pat.SendAsync("#free");
        Assert.Contains("One seat was taken away. Northside School District has 1 now.", pat.Page!.Text, StringComparison.Ordinal);
        Assert.Equal(1, await CapacityAsync());
        Assert.Contains("1 of 1", Text(".seats"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_of_another_account_is_freed_and_what_is_not_there_is_nothing()
    {
        var dana = await console.MemberIdAsync(SampleDirectory.Dana, "brightfix");
        await pat.GoAsync($"{Free}?application={App}&capacity=0");
        Assert.DoesNotContain("Dana", pat.Page!.Text, StringComparison.Ordinal);
        pat.Page.Document.QuerySelector("input[name='Chosen']")!.SetAttribute("value", dana);
        await pat.SendAsync("#free", ("Chosen", dana));
        Assert.Contains("has no such seat any more", Text("#chosen-wrong"), StringComparison.Ordinal);
        Assert.Equal(3, await CapacityAsync());

        foreach (var nothing in new[] { $"{Plan}?application=none&capacity=1", $"{Free}?application=none&capacity=1" })
        {
            await pat.GoAsync(nothing);
            Assert.Equal(HttpStatusCode.NotFound, pat.Page!.Status);
        }

        await pat.GoAsync($"{Free}?application={App}&capacity=x");
        Assert.Equal(Plan, pat.Page!.Address.AbsolutePath);
        Assert.Contains("Type a whole number", Text("#capacity-0-wrong"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_is_told_so_and_without_proof_of_origin_nothing_changes()
    {
        foreach (var page in new[] { Plan, Free, BillingPage })
        {
            var sam = await console.SignInAsync(SampleDirectory.Sam, page);
            Assert.Equal(HttpStatusCode.Forbidden, sam.Page!.Status);
        }

        await pat.PostAsync(Plan + "?handler=Seats", [KeyValuePair.Create("application", App), KeyValuePair.Create("capacity", "9"), KeyValuePair.Create("seen", "3")]);
        Assert.Contains("Nothing was changed", pat.Page!.Alert, StringComparison.Ordinal);
        await pat.PostAsync(BillingPage, [KeyValuePair.Create("Typed[City]", "x")]);
        Assert.Contains("Nothing was changed", pat.Page!.Alert, StringComparison.Ordinal);
        Assert.Equal(3, await CapacityAsync());
        Assert.Null(await console.Hub.ReadAsync(reader => Billing.FindAsync(reader, "northside")));
    }

    private static readonly (string, string)[] Whole =
    [
        ("Typed[ContactName]", "Bea <i>Bills</i>"), ("Typed[ContactEmail]", "bills@northside.example"), ("Typed[AddressLine1]", "1 Main Street"), ("Typed[PostalCode]", "49001"),
        ("Typed[City]", "Kalamazoo"), ("Typed[Country]", "US"), ("Typed[Reference]", "PO 17"),
    ];

    [Fact]
    public async Task Billing_details_are_saved_and_stand_there_again()
    {
        await pat.GoAsync(BillingPage);
        await pat.SendAsync("#billing-city", Whole);
        Assert.Contains("The billing details are saved.", pat.Page!.Text, StringComparison.Ordinal);
        Assert.Equal("Bea <i>Bills</i>", pat.Page.Document.QuerySelector("#billing-contactname")!.GetAttribute("value"));
        Assert.Equal("US", pat.Page.Document.QuerySelector("#billing-country option[selected]")!.GetAttribute("value"));
        await pat.SendAsync("#billing-city");
        Assert.Contains("Nothing was changed.", pat.Page!.Text, StringComparison.Ordinal);
        await pat.GoAsync(Plan);
        Assert.Contains("Contact name, Contact e-mail, Address", Text("section[aria-labelledby='history'] tbody tr"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_in_billing_details_stands_beside_its_field_and_what_was_typed_stays()
    {
        await pat.GoAsync(BillingPage);
        await pat.SendAsync("#billing-city", ("Typed[ContactEmail]", "no address"), ("Typed[PostalCode]", new string('1', 21)), ("Typed[City]", "Kalamazoo"));
        Assert.Contains("no e-mail address", Text("#billing-contactemail-wrong"), StringComparison.Ordinal);
        Assert.Contains("Up to 20 characters", Text("#billing-postalcode-wrong"), StringComparison.Ordinal);
        Assert.Contains("needs its first line", Text("#billing-addressline1-wrong"), StringComparison.Ordinal);
        Assert.Contains("needs its first line", Text("#billing-country-wrong"), StringComparison.Ordinal);
        Assert.Equal("", Text("#billing-city-wrong").Trim());
        Assert.Equal("no address", pat.Page!.Document.QuerySelector("#billing-contactemail")!.GetAttribute("value"));
        Assert.Equal("Kalamazoo", pat.Page.Document.QuerySelector("#billing-city")!.GetAttribute("value"));
        Assert.Null(await console.Hub.ReadAsync(reader => Billing.FindAsync(reader, "northside")));
    }

    [Fact]
    public async Task The_second_who_saves_is_shown_the_first_ones_change_and_may_save_again()
    {
        await pat.GoAsync(BillingPage);
        await pat.SendAsync("#billing-city", Whole);
        await pat.GoAsync(BillingPage);
        await console.Hub.WriteAsync(transaction => Billing.SaveAsync(transaction, "northside", new("Bob", null, "2 Side Street", null, null, "Lansing", "US", null), 1));

        await pat.SendAsync("#billing-city", ("Typed[City]", "Flint"));
        Assert.Contains("City: Lansing", pat.Page!.Alert, StringComparison.Ordinal);
        Assert.Contains("Contact e-mail: nothing", pat.Page.Alert, StringComparison.Ordinal);
        Assert.Equal("Flint", pat.Page.Document.QuerySelector("#billing-city")!.GetAttribute("value"));
        Assert.Equal("Lansing", (await console.Hub.ReadAsync(reader => Billing.FindAsync(reader, "northside")))!.City);
        await pat.SendAsync("#billing-city");
        Assert.Equal("Flint", (await console.Hub.ReadAsync(reader => Billing.FindAsync(reader, "northside")))!.City);
    }

    private string Text(string selector) => pat.Page!.Document.QuerySelector(selector)!.TextContent;

    private async Task<int> CapacityAsync() => (await console.Hub.ReadAsync(reader => Seats.FindPoolAsync(reader, "northside", App)))!.Capacity;

    private Task<Browser> PostFormAsync(Page page, string selector)
    {
        var form = page.Document.QuerySelector(selector)!;
        return pat.PostAsync(
            new Uri(page.Address, form.GetAttribute("action") ?? "").ToString(),
            form.QuerySelectorAll("input[type='hidden']").Select(field => KeyValuePair.Create(field.GetAttribute("name")!, field.GetAttribute("value")!)));
    }
}
