//! A word between tabs that a study has new records. It may be missed: whoever waits for it looks by
//! itself as well.

use futures_channel::mpsc::UnboundedSender;
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

/// Tells others.
pub struct Nudger(Option<BroadcastChannel>);

impl Nudger {
    /// For studies of `database`.
    pub fn new(database: &str) -> Nudger {
        Nudger(BroadcastChannel::new(&channel(database)).ok())
    }

    /// `study` has new records.
    pub fn tell(&self, study: &str) {
        if let Some(channel) = &self.0 {
            // Who does not hear it looks by itself.
            let _ = channel.post_message(&study.into());
        }
    }
}

impl Drop for Nudger {
    fn drop(&mut self) {
        if let Some(channel) = &self.0 {
            channel.close();
        }
    }
}

/// Hears of new records of one study, until it is dropped.
pub struct Nudges {
    channel: Option<BroadcastChannel>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl Nudges {
    /// Passes every word on `study` in `database` on to `heard`.
    pub fn new(database: &str, study: &str, heard: UnboundedSender<()>) -> Nudges {
        let study = study.to_owned();
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if event.data().as_string().as_deref() == Some(study.as_str()) {
                // Nobody may listen any more.
                let _ = heard.unbounded_send(());
            }
        });
        let channel = BroadcastChannel::new(&channel(database)).ok();
        if let Some(channel) = &channel {
            channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        }
        Nudges { channel, _on_message: on_message }
    }
}

impl Drop for Nudges {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.set_onmessage(None);
            channel.close();
        }
    }
}

fn channel(database: &str) -> String {
    format!("freerun/{database}")
}
