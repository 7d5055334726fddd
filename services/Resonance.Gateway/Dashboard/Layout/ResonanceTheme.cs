using MudBlazor;

namespace Resonance.Gateway.Dashboard.Layout;

/// <summary>The colours and letters of the dashboard. Letters are those of the reader's system: nothing is fetched from elsewhere.</summary>
static class ResonanceTheme
{
    static readonly string[] Letters = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"];

    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0f6b78",
            Secondary = "#5b4bb7",
            Background = "#f5f7f9",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#16232b",
            DrawerBackground = "#ffffff",
            DrawerText = "#33454f",
            DrawerIcon = "#4c606b",
            TextPrimary = "#16232b",
            TextSecondary = "#4a5c67",
            LinesDefault = "#dbe2e7",
            TableLines = "#e4eaee",
            Success = "#1c7a43",
            Warning = "#935600",
            Error = "#b3261e",
            Info = "#1d5fae",
        },
        PaletteDark = new PaletteDark
        {
            Primary = "#4cc4d3",
            PrimaryContrastText = "#06262b",
            Secondary = "#a99cf5",
            Background = "#0e1519",
            BackgroundGray = "#0b1114",
            Surface = "#162026",
            AppbarBackground = "#121b20",
            AppbarText = "#e6eef2",
            DrawerBackground = "#121b20",
            DrawerText = "#c4d1d8",
            DrawerIcon = "#9fb0b9",
            TextPrimary = "#e6eef2",
            TextSecondary = "#a7b7c0",
            LinesDefault = "#26343c",
            TableLines = "#22303a",
            Success = "#5fd08e",
            SuccessContrastText = "#06261a",
            Warning = "#f2b450",
            WarningContrastText = "#2b1c00",
            Error = "#ff8f86",
            ErrorContrastText = "#330a07",
            Info = "#7db8f7",
            InfoContrastText = "#06203d",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Letters, FontSize = ".9rem" },
            Button = new ButtonTypography { FontFamily = Letters, TextTransform = "none", FontWeight = "600" },
        },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px", DrawerWidthLeft = "210px", AppbarHeight = "56px" },
    };
}
