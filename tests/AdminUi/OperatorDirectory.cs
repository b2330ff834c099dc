using IdentityHub.Testing;

namespace IdentityHub.AdminUi.Tests;

/// <summary>The sample directory with somebody who runs the hub and is in no account.</summary>
internal static class OperatorDirectory
{
    public const string Operator = "operator@hub.example";

    public static string Json { get; } = SampleDirectory.Json.Replace(
        "\"users\": [",
        $$"""
        "users": [
            { "userName": "{{Operator}}", "givenName": "Olga", "familyName": "Operator", "password": "{{SampleDirectory.Password}}", "operator": true },
        """,
        StringComparison.Ordinal);
}
