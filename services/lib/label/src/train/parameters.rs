//! What is learned, step by step.

/// A parameter vector under AdaGrad, with the mean of its later values.
#[derive(Default)]
pub(super) struct Parameters {
    pub(super) value: Vec<f32>,
    /// Sums of squared gradients.
    squares: Vec<f32>,
    pub(super) mean: Vec<f32>,
}

impl Parameters {
    pub(super) fn new(length: usize) -> Self {
        Self { value: vec![0.0; length], squares: vec![1e-6; length], mean: vec![0.0; length] }
    }

    pub(super) fn step(&mut self, at: usize, gradient: f32, rate: f32) {
        self.squares[at] += gradient * gradient;
        self.value[at] += rate * gradient / self.squares[at].sqrt();
    }

    /// Adds the values to the mean, as the `nth`.
    pub(super) fn remember(&mut self, nth: f32) {
        approach(&mut self.mean, &self.value, nth);
    }
}

/// Takes the `nth` values into a mean.
pub(super) fn approach(mean: &mut [f32], values: &[f32], nth: f32) {
    for (mean, value) in mean.iter_mut().zip(values) {
        *mean += (value - *mean) / nth;
    }
}

/// A weight in eight bits.
#[allow(clippy::cast_possible_truncation)]
pub(super) fn quantised(weight: f32) -> i8 {
    weight.round().clamp(-127.0, 127.0) as i8
}
