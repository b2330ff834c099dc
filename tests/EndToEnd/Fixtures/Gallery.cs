using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace IdentityHub.EndToEnd.Tests.Fixtures;

/// <summary>Looks at a page as people with every screen and every need do: axe, light and dark, wide and narrow. Leaves pictures in tests/artifacts.</summary>
internal static class Gallery
{
    private static readonly int[] Widths = [1280, 360];

    /// <summary>Holds the page that the visitor sees to the rules, and takes its pictures.</summary>
    public static async Task HangAsync(Visitor visitor, string name)
    {
        var page = visitor.Page;
        foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            // Without motion: a colour that is still on its way from one scheme to the other has the contrast of neither.
            await page.EmulateMediaAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
            foreach (var width in Widths)
            {
                await page.SetViewportSizeAsync(width, 800);
                await page.ScreenshotAsync(new() { Path = Path.Combine(Checkout.Artifacts, $"{name}-{scheme}-{width}.png".ToLowerInvariant()), FullPage = true });
                var faults = (await page.RunAxe()).Violations;
                Assert.True(faults.Length == 0, $"{name}, {scheme}, {width}: {string.Join("\n", faults.Select(Render))}");
                await FitsAsync(page, name, width);
            }
        }

        // WCAG 2.2 1.4.10: no scrolling in two dimensions at 320 px.
        await page.SetViewportSizeAsync(320, 800);
        await FitsAsync(page, name, 320);
        await page.SetViewportSizeAsync(1280, 800);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
    }

    private static async Task FitsAsync(IPage page, string name, int width)
    {
        var needed = await page.EvaluateAsync<int>("document.documentElement.scrollWidth");
        Assert.True(needed <= width, $"{name} is {needed} px wide on {width} px.");
    }

    private static string Render(AxeResultItem fault) => $"{fault.Id}: {fault.Help} {string.Join(" ", fault.Nodes.Select(node => node.Html))}";
}
