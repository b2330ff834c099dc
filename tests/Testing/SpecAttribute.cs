namespace IdentityHub.Testing;

/// <summary>Names the section of a specification that a test holds the hub to; docs/SPEC-COVERAGE.md is made from it.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
public sealed class SpecAttribute(string document, string section) : Attribute
{
    public string Document { get; } = document;

    public string Section { get; } = section;
}
