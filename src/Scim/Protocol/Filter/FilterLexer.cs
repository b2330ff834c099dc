using System.Globalization;
using System.Text;

namespace IdentityHub.Scim.Protocol.Filter;

internal enum FilterTokenKind
{
    End,

    /// <summary>A name, an operator, a number, true, false, null: whatever runs to white space, a bracket or a quote.</summary>
    Word,

    /// <summary>A string in quotes; the token's value is what it says.</summary>
    Text,
    Open,
    Close,
    OpenBracket,
    CloseBracket,

    /// <summary>The token's value says what is wrong.</summary>
    Broken,
}

/// <param name="Kind">Which kind of token.</param>
/// <param name="Value">Without control characters and lone surrogates; a string's may hold control characters, never NUL.</param>
internal readonly record struct FilterToken(FilterTokenKind Kind, string Value);

/// <summary>Cuts filters and PATCH paths into tokens, one at each call, in time linear in what is read.</summary>
internal sealed class FilterLexer(string text)
{
    private int _at;

    public FilterToken Next()
    {
        while (_at < text.Length && text[_at] is ' ' or '\t' or '\r' or '\n')
        {
            _at++;
        }

        if (_at == text.Length)
        {
            return new(FilterTokenKind.End, "");
        }

        var sign = text[_at] switch
        {
            '(' => FilterTokenKind.Open,
            ')' => FilterTokenKind.Close,
            '[' => FilterTokenKind.OpenBracket,
            ']' => FilterTokenKind.CloseBracket,
            '"' => FilterTokenKind.Text,
            _ => FilterTokenKind.Word,
        };
        if (sign is FilterTokenKind.Word)
        {
            return Word();
        }

        _at++;
        return sign is FilterTokenKind.Text ? Quoted() : new(sign, "");
    }

    private FilterToken Word()
    {
        var start = _at;
        while (_at < text.Length && text[_at] is not (' ' or '\t' or '\r' or '\n' or '(' or ')' or '[' or ']' or '"'))
        {
            if (char.IsControl(text[_at++]))
            {
                return Broken("There is a control character.");
            }
        }

        var word = text[start.._at];
        return HasLoneSurrogate(word) ? Broken("There is half a character.") : new(FilterTokenKind.Word, word);
    }

    /// <summary>A JSON string (RFC 8259 §7), from behind its first quote.</summary>
    private FilterToken Quoted()
    {
        StringBuilder? value = null;
        var start = _at;
        while (_at < text.Length)
        {
            var c = text[_at++];
            if (c == '"')
            {
                return Said(value is null ? text[start..(_at - 1)] : value.Append(text, start, _at - 1 - start).ToString());
            }

            if (c < ' ')
            {
                return Broken("There is a control character in a string.");
            }

            if (c == '\\')
            {
                value = (value ?? new()).Append(text, start, _at - 1 - start);
                if (Escaped() is not { } meant)
                {
                    return Broken("There is an escape in a string that JSON does not know.");
                }

                value.Append(meant);
                start = _at;
            }
        }

        return Broken("A string is not closed.");
    }

    private char? Escaped()
    {
        if (_at == text.Length)
        {
            return null;
        }

        switch (text[_at++])
        {
            case '"': return '"';
            case '\\': return '\\';
            case '/': return '/';
            case 'b': return '\b';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'u' when _at + 4 <= text.Length && ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                _at += 4;
                return (char)unit;
            default: return null;
        }
    }

    /// <summary>NUL has no place in any value, and no database takes it or half a character as text.</summary>
    private static FilterToken Said(string value) =>
        value.Contains('\0', StringComparison.Ordinal) || HasLoneSurrogate(value) ? Broken("There is a NUL or half a character in a string.") : new(FilterTokenKind.Text, value);

    private static FilterToken Broken(string why) => new(FilterTokenKind.Broken, why);

    private static bool HasLoneSurrogate(ReadOnlySpan<char> value)
    {
        for (var i = value.IndexOfAnyInRange('\ud800', '\udfff'); i >= 0 && i < value.Length; i++)
        {
            if (!char.IsSurrogate(value[i]))
            {
                continue;
            }

            if (i + 1 == value.Length || !char.IsSurrogatePair(value[i], value[i + 1]))
            {
                return true;
            }

            i++;
        }

        return false;
    }
}
