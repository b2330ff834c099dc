using System.Runtime.InteropServices;
using IdentityHub.Scim.Protocol.Schema;

namespace IdentityHub.Scim.Protocol.Filter;

/// <summary>Reads filters (RFC 7644 §3.4.2.2, figure 1). Open groups and pending operators lie on a stack of its own, so that no text can exhaust the thread's.</summary>
internal sealed class FilterParser
{
    private readonly FilterLexer _lexer;
    private readonly ResourceType _type;
    private readonly FilterOptions _options;
    private readonly List<FilterNode> _operands = [];
    private readonly Stack<Frame> _frames = new();
    private AttributeReference? _brackets;
    private bool _closedBrackets;
    private bool _joined = true;
    private int _depth;
    private int _terms;
    private ScimError? _error;

    private FilterParser(FilterLexer lexer, ResourceType type, FilterOptions options) => (_lexer, _type, _options) = (lexer, type, options);

    private enum FrameKind
    {
        Whole,
        Group,
        Negation,
        Brackets,
        And,
        Or,
    }

    /// <summary>Reads a filter.</summary>
    /// <param name="type">Whose attributes it may name.</param>
    /// <param name="text">As the client sent it, percent-decoded.</param>
    /// <param name="options">Limits and tolerances.</param>
    /// <returns>The tree, at most twice as deep as <see cref="FilterOptions.MaxDepth"/>; otherwise invalidFilter, with a detail that names what is wrong: an unknown attribute, an operator that does not fit, a limit.</returns>
    public static Outcome<FilterNode> Parse(ResourceType type, string text, FilterOptions options) =>
        text.Length > options.MaxLength
            ? ScimError.InvalidFilter($"The filter is longer than {options.MaxLength} characters.")
            : new FilterParser(new(text), type, options).Read(new(FrameKind.Whole));

    /// <summary>Reads the filter in the brackets of a PATCH path, up to and with the closing bracket.</summary>
    /// <param name="lexer">Stands behind the opening bracket; left behind the closing one.</param>
    /// <param name="type">Whose attribute it is.</param>
    /// <param name="attribute">Whose values are selected; <see cref="CanSelect"/> holds of it.</param>
    /// <param name="options">Limits and tolerances.</param>
    /// <returns>The filter, on the attribute's sub-attributes; otherwise invalidFilter.</returns>
    public static Outcome<FilterNode> Selection(FilterLexer lexer, ResourceType type, AttributeReference attribute, FilterOptions options) =>
        new FilterParser(lexer, type, options) { _brackets = attribute }.Read(new(FrameKind.Brackets, attribute));

    /// <summary>Whether brackets may follow: there is more than one value to choose from, or more than one part of it.</summary>
    public static bool CanSelect(AttributeReference reference) => reference.Leaf is { } leaf && (leaf.MultiValued || leaf.Type is AttributeType.Complex);

    /// <summary>What a name says within the brackets of an attribute: a sub-attribute; <c>value</c> of simple values is the value itself.</summary>
    public static AttributeReference? Within(AttributeReference brackets, string name)
    {
        if (brackets.Leaf is not { Type: AttributeType.Complex } complex)
        {
            return name.Equals("value", StringComparison.OrdinalIgnoreCase) ? brackets : null;
        }

        return complex.Sub(name) is { } sub ? brackets with { Sub = sub } : null;
    }

    private Outcome<FilterNode> Read(Frame whole)
    {
        _frames.Push(whole);
        while (_error is null)
        {
            var token = _lexer.Next();
            if (token.Kind is FilterTokenKind.Broken)
            {
                Fail(token.Value);
            }
            else if (_joined)
            {
                TakeOperand(token);
            }
            else if (TakeOperator(token))
            {
                return _operands[0];
            }
        }

        return _error;
    }

    private void TakeOperand(FilterToken token)
    {
        if (token.Kind is FilterTokenKind.Open)
        {
            Enter(new(FrameKind.Group));
        }
        else if (token.Kind is not FilterTokenKind.Word)
        {
            Fail("The name of an attribute is missing.");
        }
        else if (!Is(token.Value, "not"))
        {
            TakeAttribute(token.Value);
        }
        else if (_lexer.Next().Kind is FilterTokenKind.Open)
        {
            Enter(new(FrameKind.Negation));
        }
        else
        {
            Fail("After not comes a filter in parentheses.");
        }
    }

    private void TakeAttribute(string name)
    {
        var reference = _brackets is null ? _type.Resolve(name) : Within(_brackets, name);
        if (reference is null)
        {
            Fail(_brackets is null ? $"{_type.Name} has no attribute {Clip(name)}." : $"{_brackets} has no sub-attribute {Clip(name)}.");
        }
        else if (reference.Leaf is { Returned: Returned.Never })
        {
            // RFC 7643 §7 leaves it to the server whether what is never returned can be filtered on. An answer, even an empty one, would tell of the value, and
            // the filter would stand in a URI (RFC 7644 §7.5.2). What is said here is of the schema, never of a resource.
            Fail($"{reference} cannot be filtered on.");
        }
        else
        {
            TakeTest(reference, _lexer.Next());
        }
    }

    private void TakeTest(AttributeReference reference, FilterToken token)
    {
        if (token.Kind is not FilterTokenKind.OpenBracket)
        {
            if (Term(reference, token) is { } term)
            {
                _operands.Add(term);
                _joined = false;
            }
        }
        else if (_brackets is not null)
        {
            Fail("Brackets cannot stand in brackets.");
        }
        else if (CanSelect(reference))
        {
            _brackets = reference;
            Enter(new(FrameKind.Brackets, reference));
        }
        else
        {
            Fail($"{reference} has a single value: brackets cannot follow it.");
        }
    }

    /// <summary>An attribute's test, from its operator on.</summary>
    private FilterNode? Term(AttributeReference reference, FilterToken token)
    {
        if (++_terms > _options.MaxTerms)
        {
            return Fail($"The filter has more than {_options.MaxTerms} terms.");
        }

        var word = token.Kind is FilterTokenKind.Word ? token.Value : "";
        if (Is(word, "pr"))
        {
            return new FilterNode.Present(reference);
        }

        if (FilterTerms.Operator(word) is not { } operation)
        {
            return Fail($"After {reference} comes one of eq, ne, co, sw, ew, gt, ge, lt, le, pr.");
        }

        var literal = _lexer.Next();
        if (literal.Kind is not (FilterTokenKind.Word or FilterTokenKind.Text))
        {
            return Fail(literal.Kind is FilterTokenKind.Broken ? literal.Value : $"The value that {reference} is compared with is missing.");
        }

        var term = FilterTerms.Compare(reference, operation, literal, _options);
        _error = term.Error;
        return term.Value;
    }

    /// <returns>Whether the filter is at its end.</returns>
    private bool TakeOperator(FilterToken token)
    {
        var behindBrackets = _closedBrackets;
        _closedBrackets = false;
        switch (token.Kind)
        {
            case FilterTokenKind.End or FilterTokenKind.Close or FilterTokenKind.CloseBracket:
                return Leave(token.Kind);
            case FilterTokenKind.Word when Is(token.Value, "and"):
                Join(FrameKind.And);
                break;
            case FilterTokenKind.Word when Is(token.Value, "or"):
                Reduce(FrameKind.And);
                Join(FrameKind.Or);
                break;
            case FilterTokenKind.Word when behindBrackets && token.Value[0] == '.':
                CompareBehindBrackets(token.Value[1..]);
                break;
            default:
                Fail("Between two terms stands and or or.");
                break;
        }

        return false;
    }

    private void CompareBehindBrackets(string name)
    {
        var selected = (FilterNode.ValuePath)_operands[^1];
        if (Within(selected.Attribute, name) is not { } reference)
        {
            Fail($"{selected.Attribute} has no sub-attribute {Clip(name)}.");
        }
        else if (Term(reference, _lexer.Next()) is { } term)
        {
            _operands[^1] = FilterQuirks.ComparedBehindBrackets(selected, term);
        }
    }

    private void Enter(Frame frame)
    {
        _frames.Push(frame);
        _joined = true;
        if (++_depth > _options.MaxDepth)
        {
            Fail($"Parentheses and brackets stand more than {_options.MaxDepth} deep.");
        }
    }

    private bool Leave(FilterTokenKind sign)
    {
        Reduce(FrameKind.And);
        Reduce(FrameKind.Or);
        var frame = _frames.Pop();
        if (sign != Ending(frame.Kind))
        {
            Fail(sign is FilterTokenKind.End ? "A parenthesis or bracket is not closed." : "A parenthesis or bracket is closed that is not open.");
            return false;
        }

        _depth--;
        if (frame.Kind is FrameKind.Negation)
        {
            _operands[^1] = new FilterNode.Not(_operands[^1]);
        }
        else if (frame.Brackets is not null && _frames.Count > 0)
        {
            _operands[^1] = new FilterNode.ValuePath(frame.Brackets, _operands[^1]);
            (_brackets, _closedBrackets) = (null, true);
        }

        return _frames.Count == 0;
    }

    private static FilterTokenKind Ending(FrameKind kind) => kind switch
    {
        FrameKind.Whole => FilterTokenKind.End,
        FrameKind.Brackets => FilterTokenKind.CloseBracket,
        _ => FilterTokenKind.Close,
    };

    /// <summary>A row of the same operator is one frame, so that a long row costs no depth.</summary>
    private void Join(FrameKind kind)
    {
        var operators = _frames.Peek().Kind == kind ? _frames.Pop().Operators : 0;
        _frames.Push(new(kind, null, operators + 1));
        _joined = true;
    }

    private void Reduce(FrameKind kind)
    {
        if (_frames.Peek().Kind != kind)
        {
            return;
        }

        var first = _operands.Count - 1 - _frames.Pop().Operators;
        var row = CollectionsMarshal.AsSpan(_operands)[first..];
        var node = kind is FrameKind.And ? FilterNode.All(row) : FilterNode.Any(row);
        _operands.RemoveRange(first, _operands.Count - first);
        _operands.Add(node);
    }

    private FilterNode? Fail(string detail)
    {
        _error = ScimError.InvalidFilter(detail);
        return null;
    }

    /// <summary>What the client wrote, for a detail: no longer than a name can be.</summary>
    public static string Clip(string name)
    {
        const int Longest = 100;
        return name.Length <= Longest ? name : string.Concat(name.AsSpan(0, char.IsHighSurrogate(name[Longest - 1]) ? Longest - 1 : Longest), "…");
    }

    private static bool Is(string word, string name) => word.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <param name="Kind">What is open or pending.</param>
    /// <param name="Brackets">Whose brackets are open.</param>
    /// <param name="Operators">How many of the kind stand in the row so far.</param>
    private readonly record struct Frame(FrameKind Kind, AttributeReference? Brackets = null, int Operators = 0);
}
