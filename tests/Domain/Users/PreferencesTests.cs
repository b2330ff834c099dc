using System.Text.Json.Nodes;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Grants;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Users;

public sealed class PreferencesTests : HubTests
{
    [Theory]
    [InlineData("en", "en")]
    [InlineData("EN_us", "en-US")]
    [InlineData("zh-hant-tw", "zh-Hant-TW")]
    [InlineData("es-419", "es-419")]
    [InlineData("english", null)]
    [InlineData("en-US-x-private", null)]
    [InlineData("<b>", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_language_tag_is_written_one_way(string? tag, string? expected) => Assert.Equal(expected, Preferences.LocaleOf(tag));

    [Theory]
    [InlineData("Europe/Berlin", true)]
    [InlineData("America/Argentina/Buenos_Aires", true)]
    [InlineData("UTC", true)]
    [InlineData("Europe/Nowhere", false)]
    [InlineData("../../etc/passwd", false)]
    [InlineData("Europe/../Europe/Berlin", false)]
    [InlineData("/etc/localtime", false)]
    [InlineData(null, false)]
    public void A_time_zone_is_one_that_is_known_by_its_name(string? name, bool known) => Assert.Equal(known, Preferences.ZoneOf(name) is not null);

    [Fact]
    public async Task What_the_person_chose_wins_over_what_is_on_file()
    {
        var userId = await AddAsync(new() { ["locale"] = "de_DE", ["timezone"] = "Europe/Berlin" });
        Assert.Equal(("de-DE", "Europe/Berlin"), await ToldAsync(userId));

        Assert.Equal(Preferences.SetResult.Changed, await SetAsync(userId, new("fr", null, Theme.Dark)));
        Assert.Equal(("fr", "Europe/Berlin"), await ToldAsync(userId));
        Assert.Equal(Preferences.SetResult.Unchanged, await SetAsync(userId, new("FR", "", Theme.Dark)));

        Assert.Equal(Preferences.SetResult.Changed, await SetAsync(userId, new(null, "Asia/Tokyo", Theme.System)));
        Assert.Equal(("de-DE", "Asia/Tokyo"), await ToldAsync(userId));
    }

    [Theory]
    [InlineData("""{ "preferredLanguage": "fr-CA, en;q=0.8" }""", "fr-CA")]
    [InlineData("""{ "preferredLanguage": "en-US" }""", "en-US")]
    [InlineData("""{ "locale": "it", "preferredLanguage": "en" }""", "it")]
    [InlineData("""{ "locale": "not a locale!", "timezone": "../../etc/passwd" }""", null)]
    public async Task What_is_on_file_is_told_where_it_can_be(string document, string? locale)
    {
        var userId = await AddAsync(JsonNode.Parse(document)!.AsObject());
        Assert.Equal((locale, null), await ToldAsync(userId));
    }

    [Fact]
    public async Task What_is_wrong_changes_nothing()
    {
        var userId = await AddAsync([]);
        var before = Hub.Everything();
        Assert.Equal(Preferences.SetResult.LocaleUnknown, await SetAsync(userId, new("klingonese", null, Theme.Dark)));
        Assert.Equal(Preferences.SetResult.ZoneUnknown, await SetAsync(userId, new("en", "Mars/Olympus", Theme.Dark)));
        Assert.Equal(Preferences.SetResult.NoSuchUser, await SetAsync("nobody", new("en", null, Theme.Dark)));
        Assert.Equal(before, Hub.Everything());
    }

    [Fact]
    public async Task The_look_of_pages_is_no_news_for_apps()
    {
        var userId = await AddAsync([]);
        var before = (await Hub.UserAsync(userId)).UpdatedAt;
        Hub.Time.Advance(TimeSpan.FromMinutes(1));
        await SetAsync(userId, new(null, null, Theme.Light));
        Assert.Equal(before, (await Hub.UserAsync(userId)).UpdatedAt);
        await SetAsync(userId, new("en", null, Theme.Light));
        Assert.NotEqual(before, (await Hub.UserAsync(userId)).UpdatedAt);
        Assert.Equal(new UserPreferences("en", null, Theme.Light), await Hub.ReadAsync(reader => Preferences.OfAsync(reader, userId)));
    }

    private async Task<string> AddAsync(JsonObject onFile)
    {
        await Hub.AddAccountAsync("a");
        return await Hub.WriteAsync(async transaction =>
        {
            var user = ((UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new("pat", null, null, null, false, false))).User;
            await Memberships.AddAsync(transaction, new(user.Id, "a", Role.Administrator, null, MembershipStatus.Active) { Attributes = onFile });
            return user.Id;
        });
    }

    private Task<Preferences.SetResult> SetAsync(string userId, UserPreferences chosen) => Hub.WriteAsync(transaction => Preferences.SetAsync(transaction, userId, chosen));

    private Task<(string?, string?)> ToldAsync(string userId) => Hub.ReadAsync(async reader =>
    {
        var user = (await Domain.Users.Users.FindAsync(reader, userId))!;
        var told = Preferences.WithOnFile(reader, new UserFacts(user.Id, user.UserName, null, null, null, false, user.UpdatedAt) { Locale = user.Locale, ZoneInfo = user.ZoneInfo });
        return (told.Locale, told.ZoneInfo);
    });
}
