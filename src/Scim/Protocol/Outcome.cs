using System.Diagnostics.CodeAnalysis;

namespace IdentityHub.Scim.Protocol;

/// <summary>What an operation came to: a value, or the error that the client is told.</summary>
internal readonly struct Outcome<T>
    where T : class
{
    private Outcome(T? value, ScimError? error)
    {
        Value = value;
        Error = error;
    }

    public T? Value { get; }

    public ScimError? Error { get; }

    [MemberNotNullWhen(true, nameof(Error))]
    [MemberNotNullWhen(false, nameof(Value))]
    public bool Failed => Error is not null;

#pragma warning disable CA2225 // The conversions are how results are written down: return a value, or return an error.
    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(ScimError error) => new(null, error);
#pragma warning restore CA2225
}
