using System.Globalization;
using CsCheck;
using Resonance.Engine.Queues;
using Xunit;

namespace Resonance.Tests.Engine.Queues;

// Random operations, and a model that must answer the same.
public abstract partial class WorkQueueConformance
{
    static readonly Gen<int[]> Operation = Gen.Int[0, 999].Array[8];

    /// <summary>How many random histories the suite tries; more is for the nightly run.</summary>
    static int Histories => int.TryParse(Environment.GetEnvironmentVariable("RESONANCE_FUZZ"), NumberStyles.None, CultureInfo.InvariantCulture, out var many)
        ? Math.Max(30, many / 1000) : 30;

    [Fact]
    public async Task A_queue_answers_as_the_model_does()
    {
        var history = 0;
        await Operation.Array[20, 120].SampleAsync(
            async operations =>
            {
                var run = new ModelRun(Store, $"model-{Interlocked.Increment(ref history)}", _clock.GetUtcNow);
                foreach (var operation in operations)
                    await run.DoAsync(operation, time => _clock.Advance(time));
            },
            iter: Histories, threads: 1);
    }

    /// <summary>One random history: whatever is done, is done to the store and to the model.</summary>
    sealed class ModelRun(IWorkQueueStore store, string queue, Func<DateTimeOffset> now)
    {
        static readonly TimeSpan Visibility = TimeSpan.FromSeconds(10);

        readonly ModelQueue _model = new();
        readonly List<(WorkReceipt Stored, int Model)> _receipts = [];
        readonly List<string> _done = [];
        int _sent;

        public async Task DoAsync(int[] dice, Action<TimeSpan> advance)
        {
            switch (dice[0] % 20)
            {
                case < 6:
                    await SendAsync(dice);
                    break;
                case < 11:
                    await ReceiveAsync(1 + dice[1] % 5);
                    break;
                case < 14:
                    await DeleteAsync(dice[1]);
                    break;
                case 14:
                    await ChangeVisibilityAsync(dice[1], TimeSpan.FromSeconds(dice[2] % 3 * 7));
                    break;
                case 15:
                    // A consumer dies with what it holds.
                    _receipts.Clear();
                    _done.Add("crash");
                    break;
                case 16:
                    var time = dice[1] % 10 == 0 ? TimeSpan.FromMinutes(6) : TimeSpan.FromSeconds(dice[1] % 12);
                    advance(time);
                    _done.Add($"advance {time}");
                    break;
                case 17:
                    await ChangeAsync(dice);
                    break;
                case 18:
                    await PauseAsync();
                    break;
                default:
                    await RedriveAsync(dice[1]);
                    break;
            }
        }

        async Task SendAsync(int[] dice)
        {
            var items = Enumerable.Range(0, 1 + dice[1] % 3).Select(number => new WorkItem
            {
                // Now and then an id that was used before.
                Id = IdOf($"{queue}-{(dice[2] % 10 == 0 && _sent > 0 ? dice[3] % _sent : _sent++)}"),
                GroupId = (dice[3] + number) % 3 == 0 ? null : $"g{(dice[4] + number) % 3}",
                LimitKey = (dice[5] + number) % 2 == 0 ? null : $"k{(dice[5] + number) % 3}",
                Priority = (dice[6] + number) % 4 == 0 ? dice[6] % 10 : 0,
                Delay = (dice[7] + number) % 5 == 0 ? TimeSpan.FromSeconds(dice[7] % 8) : TimeSpan.Zero,
                DeduplicationId = (dice[7] + number) % 7 == 0 ? $"d{dice[4] % 4}" : null,
            }).ToArray();
            var expected = items.Select(item => _model.Send(item, now())).ToArray();

            // What is sent again after it was gone lives a second life: receipts of the first one say nothing of it.
            foreach (var sent in expected.Where(result => !result.Duplicate))
                _receipts.RemoveAll(receipt => receipt.Stored.ItemId == sent.ItemId);
            Same($"send {string.Join(", ", items.Select(item => $"{item.Id} {item.GroupId} {item.LimitKey} p{item.Priority} {item.Delay} {item.DeduplicationId}"))}",
                expected, await store.SendAsync(queue, items, Cancel));
        }

        async Task ReceiveAsync(int most)
        {
            var expected = _model.Receive(most, Visibility, now());
            var received = await store.ReceiveAsync(queue, most, Visibility, Cancel);
            Same($"receive {most}", expected, received.Select(item => (item.Receipt.ItemId, item.ReceiveCount)));
            _receipts.AddRange(received.Zip(expected, (item, model) => (item.Receipt, model.Count)));
        }

        async Task DeleteAsync(int which)
        {
            if (_receipts.Count == 0)
                return;
            var (stored, model) = _receipts[which % _receipts.Count];
            Same($"delete {stored.ItemId}", [_model.Delete(stored.ItemId, model, now())], await store.DeleteAsync(queue, [stored], Cancel));
        }

        async Task ChangeVisibilityAsync(int which, TimeSpan time)
        {
            if (_receipts.Count == 0)
                return;
            var (stored, model) = _receipts[which % _receipts.Count];
            Same($"visible {stored.ItemId} in {time}",
                [_model.ChangeVisibility(stored.ItemId, model, time, now())], await store.ChangeVisibilityAsync(queue, [stored], time, Cancel));
        }

        async Task ChangeAsync(int[] dice)
        {
            var settings = new WorkQueueSettings
            {
                CreditPerLevel = TimeSpan.FromSeconds(dice[1] % 3 * 30),
                MaxReceiveCount = dice[2] % 3 == 0 ? null : 1 + dice[2] % 3,
                Concurrency = dice[3] % 3 == 0 ? 1 + dice[3] % 5 : null,
                KeyConcurrency = dice[4] % 2 == 0 ? 1 + dice[4] % 3 : null,
                RateLimit = dice[5] % 4 == 0 ? 1 + dice[5] % 4 : null,
                RatePeriod = TimeSpan.FromSeconds(4),
            };
            _done.Add($"put {settings}");
            _model.Change(settings);
            await store.PutAsync(queue, settings, Ann, null, Cancel);
        }

        async Task PauseAsync()
        {
            await store.DeclareAsync(queue, _model.Settings, Cancel);
            _model.Paused = !_model.Paused;
            _done.Add($"paused: {_model.Paused}");
            Assert.True(await store.PauseAsync(queue, _model.Paused, Ann, Cancel));
        }

        async Task RedriveAsync(int dice)
        {
            if (dice % 10 == 0)
            {
                _done.Add("purge");
                _model.Purge();
                await store.PurgeAsync(queue, Ann, Cancel);
                return;
            }

            var redriven = _model.Redrive(now());

            // It begins to count anew, and so would the model's receipts.
            _receipts.RemoveAll(receipt => redriven.Contains(receipt.Stored.ItemId));
            Same("redrive", [redriven.Count], [await store.RedriveAsync(queue, null, 1000, Ann, Cancel)]);
        }

        void Same<T>(string what, IEnumerable<T> expected, IEnumerable<T> actual)
        {
            _done.Add(what);
            if (!expected.SequenceEqual(actual))
            {
                Assert.Fail(
                    $"The model says {string.Join(", ", expected)}; the store says {string.Join(", ", actual)}, after{Environment.NewLine}" +
                    string.Join(Environment.NewLine, _done));
            }
        }
    }
}
