using System.Data.Common;
using System.Net.Sockets;
using Microsoft.AspNetCore.Components;
using Resonance.Audit.Trail;

namespace Resonance.Gateway.Dashboard.Live;

/// <summary>
/// A part of a page that is told of steps as they are witnessed and shows what follows from them: browsers are pushed to and never ask.
/// </summary>
public abstract class LiveComponent : ComponentBase, IAsyncDisposable
{
    // What is not told by a step, such as the depth of a queue, is looked at so often.
    static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    // Under load the page changes four times a second, which is as much as anybody can read.
    static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(250);

    static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(2);

    CancellationTokenSource _stop = new();
    Task _running = Task.CompletedTask;
    bool _shown;

    /// <summary>Begins with nothing to show.</summary>
    protected LiveComponent() => Stopping = _stop.Token;

    /// <summary>Why what is shown may be old; null when all is well.</summary>
    protected string? Trouble { get; private set; }

    /// <summary>Ends with the component, or when it begins to show something else; can be asked after that, too.</summary>
    protected CancellationToken Stopping { get; private set; }

    [Inject]
    protected TimeProvider Clock { get; set; } = null!;

    [Inject]
    LedgerFollower Follower { get; set; } = null!;

    /// <summary>The steps to be told of.</summary>
    protected virtual TrailFilter Watched { get; } = new();

    /// <summary>Tells of steps after this position of the ledger; null for those that are witnessed from now on.</summary>
    protected virtual long? After => null;

    /// <summary>Reads what is shown, at first and whenever the connection was lost.</summary>
    protected abstract Task LoadAsync(CancellationToken cancellationToken);

    /// <summary>Shows what follows from steps; reads everything anew unless overridden.</summary>
    /// <param name="steps">The steps in their order; none when nothing happened for some seconds.</param>
    /// <param name="cancellationToken">The component has gone.</param>
    protected virtual Task TellAsync(IReadOnlyList<TrailStep> steps, CancellationToken cancellationToken) => LoadAsync(cancellationToken);

    /// <summary>Begins anew, as something else is to be shown.</summary>
    protected async Task RestartAsync()
    {
        // Taken now: while something is awaited below, the component may go, or be asked to show yet something else.
        var (before, running) = (_stop, _running);
        _stop = new CancellationTokenSource();
        var stopping = Stopping = _stop.Token;
        await before.CancelAsync();
        await running;
        before.Dispose();
        await TryAsync(LoadAsync, stopping);
        if (_shown && !stopping.IsCancellationRequested)
            _running = FollowAsync(stopping);
    }

    /// <inheritdoc />
    protected override Task OnInitializedAsync() => TryAsync(LoadAsync, Stopping);

    /// <inheritdoc />
    protected override void OnAfterRender(bool firstRender)
    {
        // Not before: while the page is rendered for the first paint there is no connection to push through.
        if (!firstRender)
            return;
        _shown = true;
        _running = FollowAsync(Stopping);
    }

    /// <inheritdoc />
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    async Task FollowAsync(CancellationToken stopping)
    {
        await Task.Yield();
        var lost = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (lost)
                    await ShowAsync(LoadAsync, stopping);
                await using var listener = await Follower.ListenAsync(Watched, After, stopping);
                lost = false;
                while (!lost)
                {
                    var steps = await listener.NextAsync(Idle, stopping);
                    lost = !await ShowAsync(token => TellAsync(steps, token), stopping);
                    await Task.Delay(Gap, Clock, stopping);
                }
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                lost = true;
                await InvokeAsync(() => Say(exception));
            }

            await Task.Delay(AfterTrouble, Clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task<bool> ShowAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        var well = false;
        await InvokeAsync(async () =>
        {
            well = await TryAsync(work, cancellationToken);
            StateHasChanged();
        });
        return well;
    }

    async Task<bool> TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken);
            Trouble = null;
            return true;
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            return true;
        }
        catch (Exception exception) when (exception.GetBaseException() is DbException or IOException or TimeoutException or SocketException)
        {
            Say(exception);
            return false;
        }
    }

    void Say(Exception exception)
    {
        Trouble = $"This may be old: the store does not answer. {exception.GetBaseException().Message}";
        StateHasChanged();
    }
}
