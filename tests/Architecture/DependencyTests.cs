using System.Reflection;
using Xunit;

namespace IdentityHub.Architecture.Tests;

/// <summary>Who may know whom: Host → IdP, Scim, AdminUi, Storage → Domain, and Domain neither HTTP nor a database.</summary>
public sealed class DependencyTests
{
    private static readonly string[] Ours = ["Domain", "Storage", "IdP", "Scim", "AdminUi", "Host"];

    /// <summary>Of the web framework the domain takes the password hasher and nothing else; hosting, logging and options are Microsoft.Extensions.</summary>
    private static readonly string[] AllowedToDomain = ["Microsoft.AspNetCore.Identity", "Microsoft.AspNetCore.Cryptography.KeyDerivation", "Microsoft.AspNetCore.Cryptography.Internal"];

    [Theory]
    [InlineData("Domain", ""), InlineData("Storage", "Domain"), InlineData("IdP", "Domain"), InlineData("Scim", "Domain"), InlineData("AdminUi", "Domain"), InlineData("Host", "Domain IdP Scim AdminUi Storage")]
    public void A_part_knows_only_the_parts_below_it(string part, string mayKnow)
    {
        var known = References(part).Where(name => name.StartsWith("IdentityHub.", StringComparison.Ordinal)).Select(name => name["IdentityHub.".Length..]);
        Assert.Empty(known.Except(mayKnow.Split(' ')));
    }

    [Fact]
    public void The_domain_knows_nothing_of_http_and_of_no_database()
    {
        var references = References("Domain");
        Assert.Empty(references.Where(name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)).Except(AllowedToDomain));
        Assert.DoesNotContain(references, IsDatabase);
    }

    [Fact]
    public void Storage_alone_names_a_database()
    {
        Assert.Contains(References("Storage"), IsDatabase);
        foreach (var part in Ours.Except(["Storage"]))
        {
            Assert.DoesNotContain(References(part), IsDatabase);
        }
    }

    [Fact]
    public void No_project_file_asks_for_more_than_the_code_uses()
    {
        foreach (var part in Ours.Except(["Storage"]))
        {
            var project = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "src", part, part + ".csproj"));
            Assert.DoesNotContain("Sqlite", project);
            Assert.DoesNotContain("Npgsql", project);
            if (part is "IdP" or "Scim" or "AdminUi")
            {
                Assert.DoesNotContain("/Storage.csproj", project);
                Assert.DoesNotContain(Ours.Except([part, "Domain"]), other => project.Contains($"/{other}.csproj", StringComparison.Ordinal));
            }
        }
    }

    private static bool IsDatabase(string name) =>
        name.Contains("Sqlite", StringComparison.OrdinalIgnoreCase) || name.Contains("SQLitePCL", StringComparison.OrdinalIgnoreCase) || name.Contains("Npgsql", StringComparison.OrdinalIgnoreCase) || name.Contains("SqlClient", StringComparison.Ordinal);

    private static List<string> References(string part) => [.. Assembly.Load("IdentityHub." + part).GetReferencedAssemblies().Select(name => name.Name!)];
}
