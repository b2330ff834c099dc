namespace IdentityHub.Scim.Bulk;

/// <summary>Finds circles of references: Tarjan's strongly connected components.</summary>
internal sealed class Circles
{
    private readonly int[][] needs;
    private readonly int[] numbers;
    private readonly int[] lowest;
    private readonly int[] components;
    private readonly Stack<int> open = new();
    private int visited;
    private int found;

    private Circles(int[][] needs)
    {
        this.needs = needs;
        numbers = new int[needs.Length];
        lowest = new int[needs.Length];
        components = new int[needs.Length];
        Array.Fill(components, -1);
    }

    /// <param name="needs">For each, which others it refers to. At most a bulk request's worth: the walk is as deep as the longest chain.</param>
    /// <returns>For each, a number that it shares with those alone that it refers to and that refer to it, by however many others.</returns>
    public static int[] ComponentsOf(int[][] needs)
    {
        var circles = new Circles(needs);
        for (var i = 0; i < needs.Length; i++)
        {
            if (circles.numbers[i] == 0)
            {
                circles.Visit(i);
            }
        }

        return circles.components;
    }

    private void Visit(int one)
    {
        numbers[one] = lowest[one] = ++visited;
        open.Push(one);
        foreach (var other in needs[one])
        {
            if (numbers[other] == 0)
            {
                Visit(other);
                lowest[one] = Math.Min(lowest[one], lowest[other]);
            }
            else if (components[other] < 0)
            {
                lowest[one] = Math.Min(lowest[one], numbers[other]);
            }
        }

        if (lowest[one] != numbers[one])
        {
            return;
        }

        while (components[one] < 0)
        {
            components[open.Pop()] = found;
        }

        found++;
    }
}
