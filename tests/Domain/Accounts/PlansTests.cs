using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Accounts;

public sealed class PlansTests : HubTests
{
    private TestMember ada = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("a", seats: 2);
        await Hub.AddAccountAsync("b");
        ada = await Hub.AddMemberAsync("ada", "a", Role.Administrator);
    }

    [Fact]
    public async Task The_operator_makes_changes_and_retires_plans()
    {
        Assert.IsType<Plans.PutResult.Made>(await PutAsync("basic", " Basic ", "One\r\ntwo "));
        Assert.IsType<Plans.PutResult.Unchanged>(await PutAsync("basic", "Basic", "One\ntwo"));
        Assert.IsType<Plans.PutResult.Changed>(await PutAsync("basic", "Basic", "Three", retired: true));
        await PutAsync("all", "All of it", "");
        Assert.Equal(["All of it"], (await Hub.ReadAsync(reader => Plans.ListAsync(reader, withRetired: false))).Select(plan => plan.Name));
        Assert.Equal(["All of it", "Basic"], (await Hub.ReadAsync(reader => Plans.ListAsync(reader, withRetired: true))).Select(plan => plan.Name));
        Assert.Equal((2, 1), (Hub.Count("Audit", "Action = 'plan.made'"), Hub.Count("Audit", "Action = 'plan.changed'")));
    }

    [Theory]
    [InlineData(""), InlineData("Basic"), InlineData("-x"), InlineData("a b"), InlineData("x\n")]
    public async Task A_plan_has_a_plain_id(string id) => Assert.IsType<Plans.PutResult.IdInvalid>(await PutAsync(id, "x", ""));

    [Fact]
    public async Task A_plan_has_a_name_and_not_too_much_text()
    {
        Assert.IsType<Plans.PutResult.NameInvalid>(await PutAsync("x", " ", ""));
        Assert.IsType<Plans.PutResult.NameInvalid>(await PutAsync("x", "a\u0007b", ""));
        Assert.IsType<Plans.PutResult.NameInvalid>(await PutAsync("x", new string('x', 101), ""));
        Assert.IsType<Plans.PutResult.DescriptionInvalid>(await PutAsync("x", "x", new string('x', 2001)));
        Assert.IsType<Plans.PutResult.IdInvalid>(await PutAsync(new string('x', 65), "x", ""));
        Assert.Equal(0, Hub.Count("Plans"));
    }

    [Fact]
    public async Task An_account_chooses_among_what_is_offered_and_its_history_says_who_and_what()
    {
        await PutAsync("basic", "Basic", "");
        await PutAsync("all", "All of it", "");
        await PutAsync("old", "Old", "", retired: true);
        Assert.Equal(Plans.ChooseResult.Chosen, await ChooseAsync("a", "basic"));
        Assert.Equal(Plans.ChooseResult.Unchanged, await ChooseAsync("a", "basic"));
        Assert.Equal(Plans.ChooseResult.Chosen, await ChooseAsync("a", "all"));
        Assert.Equal(Plans.ChooseResult.Retired, await ChooseAsync("a", "old"));
        Assert.Equal(Plans.ChooseResult.NoSuchPlan, await ChooseAsync("a", "none"));
        Assert.Equal(Plans.ChooseResult.NoSuchAccount, await ChooseAsync("none", "all"));
        Assert.Equal("All of it", (await Hub.ReadAsync(reader => Plans.OfAccountAsync(reader, "a")))!.Name);
        Assert.Null(await Hub.ReadAsync(reader => Plans.OfAccountAsync(reader, "b")));

        var history = await HistoryAsync("a");
        Assert.Equal([("Basic", "All of it", "ada"), (null, "Basic", "ada")], history.Where(change => change.Kind == PlanChangeKind.Plan).Select(change => (change.Before, change.After, change.ByName)));

        // One that is withdrawn stays with who has it.
        await PutAsync("all", "All of it", "", retired: true);
        Assert.Equal(Plans.ChooseResult.Unchanged, await ChooseAsync("a", "all"));
    }

    [Fact]
    public async Task Seats_that_were_bought_stand_in_the_history_of_their_account_alone()
    {
        await Hub.Store.WriteAsync(Ada, transaction => Domain.Seats.Seats.ResizeAsync(transaction, "a", TestDirectory.Console, 5));
        var history = await HistoryAsync("a");
        Assert.Equal([("2", "5", "ada"), (null, "2", null)], history.Select(change => (change.Before, change.After, change.ByName)));
        Assert.Equal("Console", history[0].ApplicationName);
        Assert.Equal("2", Assert.Single(await Hub.ReadAsync(reader => Plans.HistoryAsync(reader, "a", 10, history[0].Sequence))).After);
        Assert.Equal("0", Assert.Single(await HistoryAsync("b")).After);
    }

    [Fact]
    public async Task Who_is_erased_is_nobody_in_the_history()
    {
        await Hub.AddMemberAsync("second", "a", Role.Administrator);
        await PutAsync("basic", "Basic", "");
        await ChooseAsync("a", "basic");
        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, ada.MembershipId));
        var change = (await HistoryAsync("a"))[0];
        Assert.Equal((null, null, "Basic"), (change.ByUserId, change.ByName, change.After));
    }

    private static readonly Billing.Form Whole = new("Bea Bills", "bills@a.example", "1 Main Street", null, "49001", "Kalamazoo", "us", "PO 17");

    [Fact]
    public async Task Billing_details_are_saved_with_their_history_and_the_second_to_save_is_shown_the_first()
    {
        Assert.Null(await Hub.ReadAsync(reader => Billing.FindAsync(reader, "a")));
        Assert.IsType<Billing.SaveResult.Saved>(await SaveAsync("a", Whole, 0));
        var saved = (await Hub.ReadAsync(reader => Billing.FindAsync(reader, "a")))!;
        Assert.Equal(Whole with { Country = "US" }, Billing.Of(saved));
        Assert.Equal(1, saved.Version);
        Assert.IsType<Billing.SaveResult.Unchanged>(await SaveAsync("a", Whole with { City = " Kalamazoo " }, 1));
        Assert.IsType<Billing.SaveResult.Saved>(await SaveAsync("a", Whole with { City = "Lansing", Reference = "" }, 1));

        var late = Assert.IsType<Billing.SaveResult.ChangedMeanwhile>(await SaveAsync("a", Whole with { City = "Flint" }, 1));
        Assert.Equal("Lansing", late.Now.City);
        Assert.Equal("Lansing", (await Hub.ReadAsync(reader => Billing.FindAsync(reader, "a")))!.City);
        Assert.Equal("City Reference", (await HistoryAsync("a"))[0].After);
        Assert.Equal(2, Hub.Count("Audit", "Action = 'billing.changed' AND AccountId = 'a'"));
        var line = (await Hub.ReadAsync(reader => AuditReader.PageAsync(reader, new() { AccountId = "a" }, null, 1))).Lines[0];
        Assert.Equal("changed the billing details (City Reference)", line.Sentence);
        Assert.Empty(line.Details.Changes);
        Assert.Null(await Hub.ReadAsync(reader => Billing.FindAsync(reader, "b")));
        Assert.IsType<Billing.SaveResult.NoSuchAccount>(await SaveAsync("none", Whole, 0));
    }

    [Fact]
    public async Task A_contact_who_is_erased_is_gone_from_the_billing_details_of_their_accounts_and_of_no_other()
    {
        await Hub.AddMemberAsync("second", "a", Role.Administrator);
        await SaveAsync("a", Whole with { ContactName = "Ada", ContactEmail = "ADA@mail.example" }, 0);
        await SaveAsync("b", Whole with { ContactName = "Ada", ContactEmail = "ada@mail.example" }, 0);
        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, ada.MembershipId));
        var left = (await Hub.ReadAsync(reader => Billing.FindAsync(reader, "a")))!;
        Assert.Equal((null, null, "Kalamazoo", 2), (left.ContactName, left.ContactEmail, left.City, left.Version));
        Assert.Equal("Ada", (await Hub.ReadAsync(reader => Billing.FindAsync(reader, "b")))!.ContactName);
    }

    [Fact]
    public async Task The_erasure_of_somebody_else_leaves_the_billing_contact()
    {
        var other = await Hub.AddMemberAsync("other", "a");
        await SaveAsync("a", Whole, 0);
        await Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, other.MembershipId));
        Assert.Equal("Bea Bills", (await Hub.ReadAsync(reader => Billing.FindAsync(reader, "a")))!.ContactName);
    }

    [Fact]
    public async Task What_cannot_be_is_said_field_by_field_and_nothing_is_saved()
    {
        var refused = Assert.IsType<Billing.SaveResult.Invalid>(await SaveAsync("a", new(new string('x', 201), "no address", "x\ny", null, new string('1', 21), null, "XX", null), 0));
        Assert.Equal(
            new Dictionary<Billing.Field, Billing.Problem>
            {
                [Billing.Field.ContactName] = Billing.Problem.TooLong, [Billing.Field.ContactEmail] = Billing.Problem.NotAnAddress, [Billing.Field.AddressLine1] = Billing.Problem.NotPlain,
                [Billing.Field.PostalCode] = Billing.Problem.TooLong, [Billing.Field.Country] = Billing.Problem.NoSuchCountry, [Billing.Field.City] = Billing.Problem.Missing,
            },
            refused.Problems);
        Assert.Equal(0, Hub.Count("BillingDetails"));
        Assert.IsType<Billing.SaveResult.Saved>(await SaveAsync("a", new("Bea", null, null, null, null, null, null, null), 0));
    }

    [Fact]
    public void Every_country_has_a_code_of_two_letters_and_a_name()
    {
        Assert.InRange(Countries.All.Count, 240, 260);
        Assert.All(Countries.All, country => Assert.True(country.Code.Length == 2 && country.Code.All(char.IsAsciiLetterUpper) && country.Name.Trim() == country.Name && country.Name.Length > 3, country.Name));
        Assert.Equal("United States", Countries.NameOf("US"));
    }

    private Actor Ada => new Actor.Person(ada.UserId);

    private Task<Plans.PutResult> PutAsync(string id, string name, string description, bool retired = false) =>
        Hub.WriteAsync(transaction => Plans.PutAsync(transaction, id, name, description, retired));

    private Task<Plans.ChooseResult> ChooseAsync(string account, string plan) => Hub.Store.WriteAsync(Ada, transaction => Plans.ChooseAsync(transaction, account, plan));

    private Task<Billing.SaveResult> SaveAsync(string account, Billing.Form form, int seen) => Hub.Store.WriteAsync(Ada, transaction => Billing.SaveAsync(transaction, account, form, seen));

    private Task<IReadOnlyList<Plans.ChangeView>> HistoryAsync(string account) => Hub.ReadAsync(reader => Plans.HistoryAsync(reader, account, 20));
}
